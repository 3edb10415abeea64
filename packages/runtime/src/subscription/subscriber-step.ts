import type { FeedBatch } from '../feed/feed.ts';

/**
 * One transaction of a subscriber. `apply` handles entries and moves the checkpoint to `to`; a hold may divide it, unless it is
 * `whole`: then it waits for the hold to allow `to`. `reset` forgets everything and puts the checkpoint back to 0n.
 */
export type SubscriberStep<Entry> =
  | {
      readonly do: 'apply';
      readonly entries: readonly Entry[];
      readonly to: bigint;
      readonly whole?: boolean;
    }
  | { readonly do: 'reset' };

/** How a batch becomes steps. */
export type StepPlan<Entry> = (batch: FeedBatch<Entry>) => readonly SubscriberStep<Entry>[];

/** A batch is one step. */
export function oneStep<Entry>(batch: FeedBatch<Entry>): readonly SubscriberStep<Entry>[] {
  return [{ do: 'apply', entries: batch.entries, to: batch.position }];
}
