import {
  closeFence,
  feedState,
  prepareSides,
  refuseUnfitPublisher,
  refuseUnfitTarget,
  runStatements,
} from '@banyan/split';
import type { SplitStep } from './step.ts';

/** Makes what both sides need, and keeps everybody but the feed from writing the tables of the target. */
export const prepare: SplitStep = async ({ sides, plan }) => {
  // Once the copy has begun the target's tables are no longer empty.
  if (!(await feedState(sides, plan, 'target')).subscription) {
    await refuseUnfitPublisher(sides, plan, 'source');
    await refuseUnfitTarget(sides, plan);
  }
  await runStatements(sides, prepareSides(plan));
  await closeFence(sides, plan, 'target');
  return {
    summary: `${plan.tables.length} tables, read-only at the target until the cut-over`,
    figures: { tables: plan.tables.length },
  };
};
