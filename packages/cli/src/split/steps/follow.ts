import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '@banyan/runtime';
import {
  copyProgress,
  describeCopy,
  establishFeed,
  feedState,
  isFollowing,
  measureLag,
  refuseBrokenCopy,
  relaxSubscription,
  runStatements,
} from '@banyan/split';
import type { SplitContext, SplitStep } from './step.ts';

/** How often errors of the copy may be seen before a person must look. */
const errorLimit = 5;
const lookEveryMs = 200;

/** Copies the rows with the server's own replication and follows the changes, until a change arrives within the limit. */
export const follow: SplitStep = async (context) => {
  const { sides, plan, limits } = context;
  const began = performance.now();
  await establishFeed(sides, plan, 'target', { copy: true, slotMs: limits.slotMs });
  await copied(context, began);
  await runStatements(sides, relaxSubscription(plan, 'target'));
  const lagMs = await caughtUp(context);
  const tables = await copyProgress(sides, plan);
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  const seconds = (performance.now() - began) / 1000;
  return {
    summary: `${tables.length} ${tables.length === 1 ? 'table follows' : 'tables follow'} the monolith after ${seconds.toFixed(1)} s, ${lagMs} ms behind`,
    figures: { tables: tables.length, rows, seconds, lagMs },
  };
};

async function copied({ sides, plan, progress, signal }: SplitContext, began: number): Promise<void> {
  const errorsBefore = (await feedState(sides, plan, 'target')).errors;
  for (;;) {
    signal.throwIfAborted();
    const state = await feedState(sides, plan, 'target');
    if (isFollowing(state)) return;
    if (state.errors - errorsBefore >= errorLimit) throw notApplied(plan.name);
    if (state.slotStatus === 'lost') throw notApplied(plan.name);
    await refuseBrokenCopy(sides, plan, 'target');
    progress(describeCopy(await copyProgress(sides, plan), performance.now() - began));
    await sleep(lookEveryMs);
  }
}

async function caughtUp({ sides, plan, limits, progress, signal }: SplitContext): Promise<number> {
  for (;;) {
    const lagMs = Math.round(await measureLag(sides, plan, 'target', { timeoutMs: 600_000, signal }));
    if (lagMs <= limits.lagMs) return lagMs;
    progress(`catching up, ${lagMs} ms behind`);
  }
}

function notApplied(name: string): Terminal {
  return new Terminal(
    'feed-fails',
    `The target's server can't apply what the monolith sends. Its log says why; correct it and run again, or: banyan split abort ${name}`,
  );
}
