import type { AnalysisSettings } from '@banyan/strangler';
import type { RouteToMove } from '../config/config.ts';

/** What a migration set out to do; written down once so that a later change of the configuration can't bend a run under way. */
export interface Plan {
  readonly service: string;
  readonly subscription: string;
  readonly tables: readonly string[];
  readonly into: readonly string[];
  readonly routes: readonly RouteToMove[];
  /** The steps in order: `fed`, `verified`, `shadowed`, `canary-5`, ..., `moved`. */
  readonly steps: readonly string[];
  /** What counts as worse than the monolith. */
  readonly analysis?: AnalysisSettings;
  /** The measures of the configuration before the first step. */
  readonly before: readonly Measure[];
}

/** A figure and what it was. */
export interface Measure {
  readonly name: string;
  readonly value: number;
}

/** What a step found out: a sentence for people and figures for programs. */
export interface StepEvidence {
  readonly summary: string;
  readonly figures: Readonly<Record<string, number | string | boolean | readonly number[]>>;
}
