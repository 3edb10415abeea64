import { type FenceOptions, fenceOwner, type RaisedFence } from '../fence/raise-fence.ts';
import { sealFence } from '../fence/seal-fence.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { alignSequences, type SequencePair } from '../sequences/sequences.ts';
import type { Sides } from '../sides/sides.ts';
import { awaitSignal, keepSignal } from '../signal/await-signal.ts';
import { turnFeeds } from './turn-feeds.ts';

/** What a hand-over needs. */
export interface HandOverOptions extends FenceOptions {
  readonly sequences: readonly SequencePair[];
  /** Whether the tables are in the feed back already. */
  readonly complete: boolean;
}

/** What was handed over. */
export interface HandedOver extends RaisedFence {
  /** From the fence to the moment at which the new owner had everything, in milliseconds. */
  readonly arrivedMs: number;
}

/**
 * Fences the owner, waits until the other side has everything that was written before, brings the sequences along, and makes the
 * fence last. After it neither side takes writes: the next thing is to write down who owns the tables.
 * @throws Unavailable `tables-busy`, `split-timeout`, `fence-lapsed`; the owner must then be opened again.
 */
export async function handOver(
  sides: Sides,
  plan: SplitPlan,
  to: SideName,
  options: HandOverOptions,
): Promise<HandedOver> {
  const from = otherSide(to);
  const fence = await fenceOwner(sides, plan, from, options);
  const arrival = { timeoutMs: options.limitMs, everyMs: 1, signal: options.signal };
  await awaitSignal(sides, plan, to, options.token, arrival);
  const arrivedMs = performance.now() - fence.began;
  const all = await Promise.allSettled([
    alignSequences(sides, options.sequences, to),
    sealFence(sides, plan, from, fence.until),
    keepSignal(sides, plan, to, options.token),
  ]);
  // All have ended here: what is undone must not be sealed afterwards.
  for (const one of all) if (one.status === 'rejected') throw one.reason;
  if (!options.complete) await turnFeeds(sides, plan, to, arrival);
  return { ...fence, arrivedMs };
}
