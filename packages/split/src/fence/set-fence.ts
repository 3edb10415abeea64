import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { type FenceMode, fenceFunction } from './fence-statements.ts';

/** Changes how the fence of a side behaves; when this returns a crash of the server does not change it back. */
export async function setFence(
  sides: Sides,
  plan: SplitPlan,
  side: SideName,
  mode: FenceMode,
): Promise<void> {
  for (const { sql } of fenceFunction(plan, side, mode)) {
    await ask(sides[side].pool, `set local synchronous_commit = on; ${sql}`);
  }
}
