import type { CheckpointStore } from '@banyan/runtime';
import type pg from 'pg';
import type { BanyanConfig, MigrationConfig, MigrationLimits } from '../config/config.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Plan, StepEvidence } from '../ledger/plan.ts';
import type { LagSamples } from './lag-samples.ts';

/** What every step works with. */
export interface StepContext {
  /** The migration's name. */
  readonly name: string;
  readonly config: BanyanConfig;
  readonly migration: MigrationConfig;
  readonly plan: Plan;
  readonly limits: MigrationLimits;
  readonly ledger: Ledger;
  readonly monolith: pg.Pool;
  /** The checkpoints of the service that takes over, in its own database. */
  readonly checkpoints: CheckpointStore<unknown>;
  readonly lag: LagSamples;
  /** Tells a person how far the step is. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * One step of a migration. It may be run again from its beginning at any time, after a crash or after an error, and must
 * then do no harm. `Unavailable` means try again later; any other error ends the migration and puts the reads back.
 */
export type Step = (context: StepContext) => Promise<StepEvidence>;
