import { Rejected } from '@banyan/runtime';
import { aborted } from '../commands/signals.ts';
import type { OpenSplit } from './open-split.ts';

/**
 * Follows the translated feeds of a split, whichever way they lead, until it is told to stop or the split is over.
 * @param onBegun Is called once it follows.
 * @returns Why it ended.
 * @throws Rejected `nothing-to-follow`; what keeps a feed from going on.
 */
export async function followSplit(
  { ledger, name, plan, followers }: OpenSplit,
  stopped: AbortSignal,
  onBegun: () => void = () => undefined,
): Promise<'stopped' | 'over'> {
  const isOver = () => ledger.split(name)?.status !== 'running';
  if (plan.reshaped === undefined || isOver()) throw nothingToFollow(name, plan.reshaped === undefined);
  followers.start();
  onBegun();
  const over = new AbortController();
  ledger.onChange(() => {
    if (isOver()) over.abort();
  }, over.signal);
  await aborted(AbortSignal.any([stopped, followers.signal, over.signal]));
  over.abort();
  // What takes a split down takes the checkpoints with it.
  if (isOver()) return 'over';
  if (followers.signal.aborted) throw followers.signal.reason;
  return 'stopped';
}

function nothingToFollow(name: string, isPlain: boolean): Rejected {
  return new Rejected(
    'nothing-to-follow',
    isPlain
      ? `The rows of ${name} have the same shape on both sides: the servers follow by themselves, and nobody has to.`
      : `The split ${name} is not under way: start it with banyan split run ${name}.`,
  );
}
