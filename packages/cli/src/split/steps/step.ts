import type { StepEvidence } from '../../ledger/plan.ts';
import type { OpenSplit } from '../open-split.ts';

/** What every step works with. */
export interface SplitContext extends Omit<OpenSplit, typeof Symbol.asyncDispose> {
  /** Tells a person how far the step is. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** One step of a split. It may be run again from its beginning at any time and must then do no harm. */
export type SplitStep = (context: SplitContext) => Promise<StepEvidence>;
