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

/**
 * Takes everything down that the split made, on both sides, and empties the target's tables again. Each part may be repeated,
 * so an interrupted abort is completed by running it again.
 * @param tell Is told what stays.
 * @returns Whether there was anything to take down.
 * @throws Rejected `owner-is-target` after a cut-over, `rows-referenced`.
 */
export async function abortSplit(
  { ledger, name, plan, sides, split }: OpenSplit,
  reason: string,
  tell: (text: string) => void = () => undefined,
): Promise<boolean> {
  if (ledger.split(name)?.status === 'running') await refuseReferenced(sides.target.pool, plan);
  await ledger.executeSplit(name, 'BeginAbort', { reason });
  if (ledger.split(name)?.status !== 'aborting') return false;
  await settleBridge(sides, plan, 'source');
  await dropFeed(sides, plan, 'target');
  await dropFeed(sides, plan, 'source');
  await removeFence(sides, plan, 'source');
  await abandonTarget(sides, plan);
  const stay = await forgetEvents(sides, plan, split.reshape?.events ?? {});
  if (stay > 0) tell(staysText(stay));
  await removeFence(sides, plan, 'target');
  await runStatements(sides, forgetSides(plan));
  await ledger.executeSplit(name, 'Abort', { at: new Date().toISOString() });
  return true;
}

function staysText(streams: number): string {
  return (
    `${streams} ${streams === 1 ? 'stream stays' : 'streams stay'} in the log of the service, because it has appended to ` +
    `${streams === 1 ? 'it' : 'them'}: the split can't be run again into the same log.`
  );
}
