import type { SideName, SplitPlan } from '../plan/split-plan.ts';

/** Another split of the same monolith, as the configuration plans it or the ledger knows it. */
export interface OtherSplit extends Pick<SplitPlan, 'name' | 'service' | 'keep'> {
  /** The monolith's tables, `schema.table`. */
  readonly tables: readonly string[];
  /** Those of the service's database that it writes, `schema.table`. */
  readonly into: readonly string[];
  /** `planned` stands in the configuration only; `begun` is on its way; of `followed` every row is there, and each change comes after. */
  readonly state: 'planned' | 'begun' | 'followed';
  /** The side whose rows are the truth. */
  readonly owner: SideName;
}
