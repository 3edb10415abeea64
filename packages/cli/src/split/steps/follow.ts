import { copyProgress, copyTables, measureLag, relaxSubscription, runStatements } from '@banyan/split';
import { copyTranslated } from './follow-translated.ts';
import type { SplitContext, SplitStep } from './step.ts';

/** Copies the rows with the server's own replication and follows the changes, until a change arrives within the limit. */
export const follow: SplitStep = async (context) => {
  const { sides, plan, limits } = context;
  const began = performance.now();
  if (plan.reshaped !== undefined) await copyTranslated(context, began);
  else {
    await copyTables(sides, plan, {
      slotMs: limits.slotMs,
      asideFromRows: limits.indexesAfterRows,
      load: limits.load,
      onProgress: context.progress,
      signal: context.signal,
    });
    await runStatements(sides, relaxSubscription(plan, 'target'));
  }
  const lagMs = await caughtUp(context);
  const tables = await copyProgress(sides, plan);
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  const seconds = (performance.now() - began) / 1000;
  return {
    summary: `${tables.length} ${tables.length === 1 ? 'table follows' : 'tables follow'} the monolith after ${seconds.toFixed(1)} s, ${lagMs} ms behind`,
    figures: { tables: tables.length, rows, seconds, lagMs },
  };
};

async function caughtUp({ sides, plan, limits, progress, signal }: SplitContext): Promise<number> {
  for (;;) {
    const lagMs = Math.round(await measureLag(sides, plan, 'target', { timeoutMs: 600_000, signal }));
    if (lagMs <= limits.lagMs) return lagMs;
    progress(`catching up, ${lagMs} ms behind`);
  }
}
