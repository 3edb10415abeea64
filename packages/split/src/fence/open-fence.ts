import { schemaName } from '../plan/names.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { runInMoments } from '../sides/run-in-moments.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { dropFence } from './fence-statements.ts';
import { setFence } from './set-fence.ts';

const functionSql = `
  select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1 and p.proname = 'refuse'`;

/** Lets writes pass at once. The triggers are still on the tables. Does nothing where there is no fence. */
export async function openFence(sides: Sides, plan: SplitPlan, side: SideName): Promise<void> {
  const found = await ask(sides[side].pool, functionSql, [schemaName(plan)]);
  if (found.length > 0) await setFence(sides, plan, side, { kind: 'open' });
}

/**
 * Opens the fence and takes its triggers off the tables. That needs a lock that excludes readers, so it is asked for in
 * moments only, again and again.
 */
export async function removeFence(sides: Sides, plan: SplitPlan, side: SideName): Promise<void> {
  await openFence(sides, plan, side);
  await runInMoments(sides, dropFence(plan, side));
}
