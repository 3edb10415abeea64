export type { CheckpointStoreUnderTest } from './checkpoint-store-contract.ts';
export { checkpointStoreContract } from './checkpoint-store-contract.ts';
export type { CommandRuns, CommandStores } from './commands/aggregate-handler-contract.ts';
export { aggregateHandlerContract } from './commands/aggregate-handler-contract.ts';
export type { DeadLetterStoreUnderTest } from './dead-letter-store-contract.ts';
export { deadLetterStoreContract } from './dead-letter-store-contract.ts';
export type { EventRemovalUnderTest } from './event-removal-contract.ts';
export { eventRemovalContract } from './event-removal-contract.ts';
export { collectStream, eventStoreContract } from './event-store-contract.ts';
export type { FeedUnderTest } from './feed-contract.ts';
export { feedContract } from './feed-contract.ts';
export type { Given, Outcome } from './given.ts';
export { given } from './given.ts';
export {
  type InlineProjectionUnderTest,
  inlineProjectionContract,
} from './inline-projection-contract.ts';
export { leaseStoreContract } from './lease-store-contract.ts';
export type { ProjectionUnderTest } from './projection-contract.ts';
export { projectionContract } from './projection-contract.ts';
export { labelOf, sampleEvents, uniqueName } from './sample-events.ts';
export { type SeededRandom, seededRandom } from './seeded-random.ts';
export { snapshotStoreContract } from './snapshot-store-contract.ts';
export type { Make, TestPort } from './test-port.ts';
