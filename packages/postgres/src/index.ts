export {
  type PostgresCheckpointStoreOptions,
  postgresCheckpointStore,
} from './checkpoint/postgres-checkpoint-store.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { toPostgresError } from './errors.ts';
export { type PostgresEventStoreOptions, postgresEventStore } from './event-store/postgres-event-store.ts';
export { prepareDatabase } from './prepare-database.ts';
export { quoteIdentifier, quoteTable } from './quote-identifier.ts';
export { applyRowWrites } from './row-writer/apply-row-writes.ts';
export { inTransaction } from './transaction.ts';
