import { Rejected } from '@banyan/runtime';
import type { OpenSplit } from './open-split.ts';

/**
 * Follows the translated feeds of a split, whichever way they lead, until it is told to stop or the split is over.
 * @returns Why it ended.
 * @throws Rejected `nothing-to-follow`; what keeps a feed from going on.
 */
export async function followSplit(
  { ledger, name, plan, followers }: OpenSplit,
  stopped: AbortSignal,
): Promise<'stopped' | 'over'> {
  const isOver = () => ledger.split(name)?.status !== 'running';
  if (plan.reshaped === undefined || isOver()) throw nothingToFollow(name, plan.reshaped === undefined);
  followers.start();
  const over = new AbortController();
  ledger.onChange(() => {
    if (isOver()) over.abort();
  }, over.signal);
  const ended = AbortSignal.any([stopped, followers.signal, over.signal]);
  await new Promise<void>((resolve) => {
    if (ended.aborted) resolve();
    else ended.addEventListener('abort', () => resolve(), { once: true });
  });
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
