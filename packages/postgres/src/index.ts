export { beginChangeFeed } from './change-feed/begin-change-feed.ts';
export { type ChangeFeedConfig, changeFeed } from './change-feed/change-feed.ts';
export { dropChangeFeed } from './change-feed/drop-change-feed.ts';
export {
  type MatchedSnapshot,
  type MatchedSnapshotOptions,
  matchedSnapshot,
} from './change-feed/matched-snapshot.ts';
export {
  type PreflightOptions,
  type PreflightProblem,
  preflightChangeFeed,
} from './change-feed/preflight.ts';
export { retainedWal, sourcePosition } from './change-feed/source-position.ts';
export { textSettings } from './change-feed/text-settings.ts';
export {
  type PostgresCheckpointStoreOptions,
  postgresCheckpointStore,
} from './checkpoint/postgres-checkpoint-store.ts';
export { type StartAt, startSubscriptionAt } from './checkpoint/start-subscription-at.ts';
export { type ConnectOptions, connect } from './connect.ts';
export {
  type PostgresDeadLetterStoreOptions,
  postgresDeadLetterStore,
} from './dead-letter/postgres-dead-letter-store.ts';
export { toPostgresError } from './errors.ts';
export type { InlineProjection } from './event-store/inline-projections.ts';
export {
  type PostgresEventStore,
  type PostgresEventStoreOptions,
  postgresEventStore,
} from './event-store/postgres-event-store.ts';
export { isPooled } from './is-pooled.ts';
export { type PostgresLeaseStoreOptions, postgresLeaseStore } from './lease/postgres-lease-store.ts';
export {
  type LogStatus,
  type LogStatusOptions,
  logStatus,
  type PartitionStatus,
  type TableStatus,
} from './log/log-status.ts';
export { type RelayOutboxOptions, relayOutbox } from './outbox/relay-outbox.ts';
export {
  drizzleTransaction,
  knexTransaction,
  kyselyTransaction,
  type SqlTransaction,
} from './outbox/sql-transaction.ts';
export { type PrepareDatabaseOptions, prepareDatabase } from './prepare-database.ts';
export { quoteIdentifier, quoteLiteral, quoteTable } from './quote-identifier.ts';
export type { TableComparison } from './rebuild/compare-tables.ts';
export { type KeptVersion, keptVersions } from './rebuild/kept-versions.ts';
export {
  type RebuildOptions,
  type Rebuilt,
  rebuildProjection,
  rollBackProjection,
} from './rebuild/rebuild-projection.ts';
export {
  type DetachedPartitions,
  type DetachOptions,
  detachPartitions,
  type PartitionOutcome,
} from './removal/detach-partitions.ts';
export { forgetStreams, type MadeStream } from './removal/forget-streams.ts';
export type { OldPartition } from './removal/old-partitions.ts';
export type { HeldBy } from './removal/read-by-all.ts';
export type { RemovedFromLog, RemoveEventsOptions } from './removal/remove-events.ts';
export { type Columns, type ColumnValue, type RowEffect, rows } from './row-projection/row-effect.ts';
export { type RowHandlers, type RowProjection, rowProjection } from './row-projection/row-projection.ts';
export { applyRowWrites } from './row-writer/apply-row-writes.ts';
export {
  type PostgresSnapshotStoreOptions,
  postgresSnapshotStore,
} from './snapshot/postgres-snapshot-store.ts';
export {
  type Lag,
  type LaneStatus,
  type SubscriptionStatus,
  subscriptionStatus,
} from './subscriptions/subscription-status.ts';
export { inTransaction } from './transaction.ts';
