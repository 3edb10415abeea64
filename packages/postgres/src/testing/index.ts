export { type PreparedDatabase, preparedDatabase } from './prepared-database.ts';
export { withSmallPartitions } from './small-partitions.ts';
export { type TestDatabase, testDatabase } from './test-database.ts';
