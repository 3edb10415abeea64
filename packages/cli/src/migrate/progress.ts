import type { StepEvidence } from '../ledger/plan.ts';
import type { Proof } from '../ledger/proof.ts';

/** What a migration tells while it runs. Printing it is somebody else's job. */
export type Progress =
  | {
      readonly kind: 'planned';
      readonly migration: string;
      readonly steps: readonly string[];
      readonly resumed: boolean;
    }
  | { readonly kind: 'begun'; readonly step: string; readonly attempt: number }
  | { readonly kind: 'progress'; readonly step: string; readonly text: string }
  | { readonly kind: 'held'; readonly step: string; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly step: string;
      readonly evidence: StepEvidence;
      readonly ms: number;
      /** Done by an earlier run. */
      readonly earlier: boolean;
    }
  | { readonly kind: 'finished'; readonly proof: Proof; readonly earlier: boolean }
  | { readonly kind: 'rolled-back'; readonly reason: string };

/** Takes what a migration tells. */
export type OnProgress = (progress: Progress) => void;
