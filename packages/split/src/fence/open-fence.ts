import { setTimeout as sleep } from 'node:timers/promises';
import { schemaName } from '../plan/names.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { ask, runStatements } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { dropFence, fenceFunction } from './fence-statements.ts';

const functionSql = `
  select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1 and p.proname = 'refuse'`;

/** Lets writes pass at once. The triggers are still on the tables. Does nothing where there is no fence. */
export async function openFence(sides: Sides, plan: SplitPlan, side: SideName): Promise<void> {
  const found = await ask(sides[side].pool, functionSql, [schemaName(plan)]);
  if (found.length > 0) await runStatements(sides, fenceFunction(plan, side, { kind: 'open' }));
}

/** How often a lock is asked for before the triggers are left for the next time. */
const tries = 100;

/**
 * Opens the fence and takes its triggers off the tables. That needs a lock that excludes readers, so it is asked for in
 * moments only, again and again.
 */
export async function removeFence(sides: Sides, plan: SplitPlan, side: SideName): Promise<void> {
  await openFence(sides, plan, side);
  for (const { sql } of dropFence(plan, side)) {
    for (let attempt = 1; ; attempt++) {
      try {
        await ask(sides[side].pool, `set local lock_timeout = '50ms'; ${sql}`);
        break;
      } catch (error) {
        if ((error as { code?: string }).code !== 'postgres-lock-not-available' || attempt === tries)
          throw error;
        await sleep(50);
      }
    }
  }
}
