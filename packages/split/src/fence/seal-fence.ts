import { Unavailable } from '@banyan/runtime';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { setFence } from './set-fence.ts';

/**
 * Makes a fence one that does not lapse, and makes sure that it had not lapsed before: only then has nobody written since it was
 * raised.
 * @throws Unavailable `fence-lapsed`
 */
export async function sealFence(sides: Sides, plan: SplitPlan, side: SideName, until: number): Promise<void> {
  await setFence(sides, plan, side, { kind: 'closed' });
  const [row] = await ask<{ intime: boolean }>(
    sides[side].pool,
    'select clock_timestamp() < to_timestamp($1) as intime',
    [until],
  );
  if (row?.intime === true) return;
  throw new Unavailable(
    'fence-lapsed',
    `The change of the owner took longer than its limit, and the ${side} has taken writes again. Try again when the servers are less busy, or raise switchMs in the limits of the split.`,
  );
}
