import type { PreflightProblem } from '@banyan/postgres';
import type { UncountableSaga } from '../../seam/open-sagas.ts';
import type { PreflightPlan } from '../plan.ts';
import type { LeftOver } from './left-overs.ts';
import type { Observed } from './observed.ts';
import type { UnfitFilter } from './read-filters.ts';
import type { SeamFacts } from './seam-facts.ts';
import type { ServerFacts } from './server-facts.ts';
import type { SessionFacts } from './session-facts.ts';
import type { TableFacts, TypeFacts } from './table-facts.ts';

/** What the rules judge: all of it was read before the first rule is asked. */
export interface Facts {
  readonly plan: PreflightPlan;
  readonly source: SourceFacts;
  readonly target: TargetFacts;
  /** What was found out elsewhere. */
  readonly observed: Observed;
}

/** What the monolith's database says. */
export interface SourceFacts {
  readonly server: ServerFacts;
  /** Why its log could not be followed. */
  readonly feed: readonly PreflightProblem[];
  /** The tables of the plan that exist. */
  readonly tables: readonly TableFacts[];
  /** The types that their columns need, without those of the server itself. */
  readonly types: readonly TypeFacts[];
  /** Conditions of the plan that could not be published. */
  readonly filters: readonly UnfitFilter[];
  /** Conditions of the plan that the server can't ask. */
  readonly sagas: readonly UncountableSaga[];
  readonly leftOvers: readonly LeftOver[];
  readonly sessions: SessionFacts;
  readonly seam: SeamFacts;
}

/** What the service's database says. */
export interface TargetFacts {
  readonly server: ServerFacts;
  readonly feed: readonly PreflightProblem[];
  readonly leftOvers: readonly LeftOver[];
  /** What stands there already under the names of the plan. */
  readonly tables: readonly TableFacts[];
  readonly types: readonly TypeFacts[];
}
