import { preflightChangeFeed } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';

/** Refuses a side from which the tables can't be followed, or not without harm. @throws Invalid with everything that is wrong. */
export async function refuseUnfitPublisher(sides: Sides, plan: SplitPlan, side: SideName): Promise<void> {
  const tables = plan.tables.map(({ name }) => name);
  const problems = await preflightChangeFeed(sides[side].pool, { tables });
  const [first] = problems;
  if (first === undefined) return;
  throw new Invalid(first.code, problems.map(({ message, remedy }) => `${message} ${remedy}`).join('\n'));
}
