import type { StepEvidence } from '../ledger/plan.ts';

/** What a split tells while it is worked on. Printing it is somebody else's job. */
export type SplitProgress =
  | { readonly kind: 'begun'; readonly step: string; readonly text: string }
  | { readonly kind: 'progress'; readonly step: string; readonly text: string }
  | {
      readonly kind: 'done';
      readonly step: string;
      readonly evidence: StepEvidence;
      /** Done by an earlier run. */
      readonly earlier: boolean;
    };

/** Takes what a split tells. */
export type OnSplitProgress = (progress: SplitProgress) => void;
