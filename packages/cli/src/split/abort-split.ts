import {
  abandonTarget,
  dropFeed,
  forgetSides,
  refuseReferenced,
  removeFence,
  runStatements,
} from '@banyan/split';
import { settleBridge } from './bridge.ts';
import type { OpenSplit } from './open-split.ts';

/**
 * Takes everything down that the split made, on both sides, and empties the target's tables again. Each part may be repeated,
 * so an interrupted abort is completed by running it again.
 * @returns Whether there was anything to take down.
 * @throws Rejected `owner-is-target` after a cut-over, `rows-referenced`.
 */
export async function abortSplit({ ledger, name, plan, sides }: OpenSplit, reason: string): Promise<boolean> {
  if (ledger.split(name)?.status === 'running') await refuseReferenced(sides, plan);
  await ledger.executeSplit(name, 'BeginAbort', { reason });
  if (ledger.split(name)?.status !== 'aborting') return false;
  await settleBridge(sides, plan, 'source');
  await dropFeed(sides, plan, 'target');
  await dropFeed(sides, plan, 'source');
  await removeFence(sides, plan, 'source');
  await abandonTarget(sides, plan);
  await removeFence(sides, plan, 'target');
  await runStatements(sides, forgetSides(plan));
  await ledger.executeSplit(name, 'Abort', { at: new Date().toISOString() });
  return true;
}
