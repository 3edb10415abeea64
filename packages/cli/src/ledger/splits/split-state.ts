import type { SideName } from '@banyan/split';
import type { RouteHold } from '@banyan/strangler';
import type { StepState } from '../migration.ts';
import type { KeptSplitPlan } from './split-plan.ts';

/** A change of the owner that is under way. */
export interface SwitchUnderWay {
  readonly to: SideName;
  /** Names this attempt, so that a process that was thought dead can't go on with it. */
  readonly token: string;
  readonly begunAt: string;
  /** Whether the owner is the new one already: from then on there is only the way forward. */
  readonly switched: boolean;
  /** The old owner's position, read once nobody could write there. */
  readonly position?: string;
  /** Present while the proxies make writes of the split's routes wait. */
  readonly hold?: RouteHold | undefined;
}

/** A change of the owner that is over. */
export interface SwitchOver {
  readonly to: SideName;
  readonly begunAt: string;
  readonly endedAt: string;
  readonly position?: string;
  /** Why everything went back; absent where the owner changed. */
  readonly undone?: string;
  readonly figures?: Readonly<Record<string, number>>;
}

/** What was found when the rows were compared. */
export interface KeptVerification {
  readonly at: string;
  readonly compared: number;
  readonly missing: number;
  readonly different: number;
  readonly extra: number;
  readonly unsettled: number;
  readonly ranges: number;
  readonly unequalRanges: number;
}

/** How a split stands. */
export interface SplitState {
  readonly status: 'new' | 'running' | 'aborting' | 'aborted' | 'finishing' | 'finished' | 'dropped';
  /** How often it was planned; an aborted one may be planned again. */
  readonly run: number;
  readonly plan?: KeptSplitPlan;
  readonly steps: Readonly<Record<string, StepState>>;
  /** Which side's rows are the truth now. */
  readonly owner: SideName;
  readonly change?: SwitchUnderWay | undefined;
  /** The newest, at most `keptSwitches`. */
  readonly changes: readonly SwitchOver[];
  readonly verification?: KeptVerification;
  readonly reason?: string;
  readonly finishedAt?: string;
}

/** Changes of the owner that the view keeps. */
export const keptSwitches = 20;

/** A split before anything happened. */
export const newSplit: SplitState = { status: 'new', run: 0, steps: {}, owner: 'source', changes: [] };
