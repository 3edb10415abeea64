import { inTransaction } from '@banyan/postgres';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { createFence, fenceFunction } from './fence-statements.ts';

/** Fences a side that nobody writes yet. May be repeated. */
export async function closeFence(sides: Sides, plan: SplitPlan, side: SideName): Promise<void> {
  await inTransaction(sides[side].pool, async (client) => {
    await client.query("set local lock_timeout = '2s'");
    for (const { sql } of [...fenceFunction(plan, side, { kind: 'closed' }), ...createFence(plan, side)]) {
      await client.query(sql);
    }
  });
}
