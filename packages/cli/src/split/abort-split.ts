import {
  abandonTarget,
  dropFeed,
  forgetEvents,
  forgetSides,
  refuseReferenced,
  removeFence,
  runStatements,
} from '@banyan/split';
import { settleBridge } from './bridge.ts';
import type { OpenSplit } from './open-split.ts';

/** What came of taking a split down. */
export interface AbortedSplit {
  /** Whether there was anything to take down. */
  readonly aborted: boolean;
  /** Streams that stay in the log of the service, because it has appended to them. */
  readonly streamsLeft: number;
}

/**
 * Takes everything down that the split made, on both sides, and empties the target's tables again. Each part may be repeated,
 * so an interrupted abort is completed by running it again.
 * @throws Rejected `owner-is-target` after a cut-over, `rows-referenced`.
 */
export async function abortSplit(
  { ledger, name, plan, kept, sides }: OpenSplit,
  reason: string,
): Promise<AbortedSplit> {
  if (ledger.split(name)?.status === 'running') await refuseReferenced(sides.target.pool, plan);
  await ledger.executeSplit(name, 'BeginAbort', { reason });
  if (ledger.split(name)?.status !== 'aborting') return { aborted: false, streamsLeft: 0 };
  await settleBridge(sides, plan, 'source');
  await dropFeed(sides, plan, 'target');
  await dropFeed(sides, plan, 'source');
  await removeFence(sides, plan, 'source');
  await abandonTarget(sides, plan);
  const streamsLeft = await forgetEvents(sides, plan, kept.events ?? {});
  await removeFence(sides, plan, 'target');
  await runStatements(sides, forgetSides(plan));
  await ledger.executeSplit(name, 'Abort', { at: new Date().toISOString() });
  return { aborted: true, streamsLeft };
}
