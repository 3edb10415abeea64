import type { SplitPlan } from '../plan/split-plan.ts';
import type { SeamChoices } from '../seam/choices.ts';
import type { OtherSplit } from '../seam/other-split.ts';

/** What a split is to move, with the answers to what crosses the seam. */
export interface PreflightPlan extends SplitPlan {
  /** What is to become of everything that crosses the seam; what has no answer is a problem. */
  readonly seam?: SeamChoices;
  /** The other splits of the same monolith. */
  readonly others?: readonly OtherSplit[];
  /** A transaction that is open for longer than this is told of, in seconds. Default 60. */
  readonly longTransactionSeconds?: number;
}
