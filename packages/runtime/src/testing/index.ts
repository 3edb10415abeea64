export type { CheckpointStoreUnderTest } from './checkpoint-store-contract.ts';
export { checkpointStoreContract } from './checkpoint-store-contract.ts';
export { collectStream, eventStoreContract } from './event-store-contract.ts';
export type { FeedUnderTest } from './feed-contract.ts';
export { feedContract } from './feed-contract.ts';
export type { Given, Outcome } from './given.ts';
export { given } from './given.ts';
export { labelOf, sampleEvents, uniqueName } from './sample-events.ts';
export type { Make, TestPort } from './test-port.ts';
