export { type PreparedDatabase, preparedDatabase } from './prepared-database.ts';
export { type TestDatabase, testDatabase } from './test-database.ts';
