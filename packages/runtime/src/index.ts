export type {
  Aggregate,
  Decide,
  Decision,
  DecisionContext,
  Evolve,
  StateCodec,
} from './aggregate/aggregate.ts';
export { aggregate, streamOf } from './aggregate/aggregate.ts';
export type { Executed } from './aggregate/batch.ts';
export type { AggregateHandler, AggregateHandlerOptions, ExecuteOptions } from './aggregate/execute.ts';
export { aggregateHandler } from './aggregate/execute.ts';
export type { LoadAggregateOptions, LoadedAggregate } from './aggregate/load-aggregate.ts';
export { loadAggregate } from './aggregate/load-aggregate.ts';
export type { Contract, DataOf, InputOf, MessageOf, Schemas } from './contract/contract.ts';
export { contract } from './contract/contract.ts';
export { upcast } from './contract/upcast.ts';
export type { Upcaster, Versioned } from './contract/versioned.ts';
export { versioned } from './contract/versioned.ts';
export type {
  DeadLetter,
  DeadLetterPage,
  DeadLetterStore,
  NewDeadLetter,
} from './dead-letter/dead-letter.ts';
export { defaultDeadLetterLimit } from './dead-letter/dead-letter.ts';
export { deadLettersFull, reasonOf } from './dead-letter/dead-letters-full.ts';
export { entryText, parseEntry } from './dead-letter/entry-text.ts';
export { InMemoryDeadLetterStore } from './dead-letter/in-memory-dead-letter-store.ts';
export type { BanyanErrorOptions } from './errors/errors.ts';
export {
  BanyanError,
  Conflict,
  Invalid,
  NotFound,
  Rejected,
  Terminal,
  toBanyanError,
  Unavailable,
} from './errors/errors.ts';
export { checkAppends } from './event-store/check-appends.ts';
export { checkStreamRange } from './event-store/check-range.ts';
export type { EventCodec } from './event-store/event-codec.ts';
export { eventKeyMissing, eventNotDecoded, eventNotEncoded } from './event-store/event-codec.ts';
export type {
  EventRemoval,
  RemovalOptions,
  RemovedEvents,
  RetentionPolicy,
  StreamStatus,
} from './event-store/event-removal.ts';
export type {
  AppendOptions,
  AppendResult,
  EventStore,
  ExpectedVersion,
  StreamAppend,
  StreamRange,
} from './event-store/event-store.ts';
export {
  checkExpected,
  highestVersion,
  holdsAt,
  streamClosed,
  streamConflict,
} from './event-store/expected-version.ts';
export { InMemoryEventStore, type InMemoryEventStoreOptions } from './event-store/in-memory-event-store.ts';
export type { InMemoryInline } from './event-store/in-memory-inline.ts';
export {
  checkRetention,
  feedEventsRemoved,
  streamEventsRemoved,
  streamUnknown,
} from './event-store/removed-events.ts';
export { checkReadOptions } from './feed/check-read-options.ts';
export type { Feed, FeedBatch, ReadOptions, RemovedEntries } from './feed/feed.ts';
export type { FeedFilter, Filterable } from './feed/feed-filter.ts';
export { categoryOf, feedTest } from './feed/feed-filter.ts';
export type {
  ChangeEntry,
  ChangeTransaction,
  Row,
  RowChange,
  RowTranslator,
  RowWrite,
  SnapshotEntry,
} from './feed/row-change.ts';
export { InMemoryLeaseStore } from './lease/in-memory-lease-store.ts';
export type { Lease, LeaseKey, LeaseStore } from './lease/lease.ts';
export type { Command, Event, Metadata, Origin, RecordedEvent } from './message/message.ts';
export { metadataAfter, systemOrigin } from './message/message.ts';
export type { AwaitPositionOptions } from './projection/await-position.ts';
export { awaitPosition } from './projection/await-position.ts';
export { inlineGap, mayRunInline } from './projection/inline.ts';
export type {
  EventsWhereVersioned,
  PlannedEvents,
  Projection,
  ProjectionHandlers,
  ProjectionRun,
  ProjectOptions,
  RunningProjection,
} from './projection/projection.ts';
export { planEvents, project, projection } from './projection/projection.ts';
export { InMemorySnapshotStore } from './snapshot/in-memory-snapshot-store.ts';
export type { FittingSnapshot, Snapshot, SnapshotStore } from './snapshot/snapshot.ts';
export type { SnapshotOptions } from './snapshot/snapshot-options.ts';
export { addUpLanes } from './subscription/add-up-lanes.ts';
export type {
  Advance,
  AdvanceOutcome,
  Checkpoint,
  CheckpointStore,
  DesiredState,
  SubscriptionReport,
  Wanted,
} from './subscription/checkpoint.ts';
export type {
  InMemoryCheckpointStoreOptions,
  InMemoryTransaction,
} from './subscription/in-memory-checkpoint-store.ts';
export { InMemoryCheckpointStore } from './subscription/in-memory-checkpoint-store.ts';
export type { Lane } from './subscription/lane.ts';
export { checkLanes, laneName, laneOfStream, lanesOf, maxLanes, parseLane } from './subscription/lane.ts';
export { lanesApart, lanesChanged } from './subscription/lanes-changed.ts';
export type {
  LeaveOutOptions,
  RecoveryDecision,
  RecoveryStrategy,
  RetryOptions,
} from './subscription/recovery.ts';
export {
  retry,
  retryTemporary,
  retryThenDeadLetter,
  retryThenSkip,
  skipOnFailure,
  stopOnFailure,
} from './subscription/recovery.ts';
export type { LeftOut, SubscribeOptions, Subscription } from './subscription/subscribe.ts';
export { subscribe } from './subscription/subscribe.ts';
export type {
  RowEntry,
  SnapshotRows,
  SubscribeToChangesOptions,
} from './subscription/subscribe-to-changes.ts';
export { rowChangesOf, subscribeToChanges } from './subscription/subscribe-to-changes.ts';
export type { StepPlan, SubscriberStep } from './subscription/subscriber-step.ts';
export { isOther, type Superseded } from './subscription/version.ts';
export type { Timing } from './timing/timing.ts';
export { systemTiming } from './timing/timing.ts';
export type { ReshapedRow, ReshapedTable, Reshaping } from './translate/reshape.ts';
export { reshape } from './translate/reshape.ts';
export type { SentRow } from './translate/sent-row.ts';
