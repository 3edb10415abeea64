import { aggregate, contract, Rejected } from '@banyan/runtime';
import type { Finding, RouteMode } from '@banyan/strangler';
import { z } from 'zod';
import type { Plan, StepEvidence } from './plan.ts';
import type { Proof } from './proof.ts';

const plan = z.custom<Plan>((value) => typeof value === 'object' && value !== null);
const evidence = z.custom<StepEvidence>((value) => typeof value === 'object' && value !== null);
const mode = z.custom<RouteMode>((value) => typeof value === 'object' && value !== null && 'kind' in value);
const proof = z.custom<Proof>((value) => typeof value === 'object' && value !== null);
const step = z.string().min(1);
const reason = z.string().min(1);
const by = z.string().min(1);
const at = z.string();
const decision = z.object({
  step,
  verdict: z.enum(['advance', 'hold', 'roll-back']),
  findings: z.custom<readonly Finding[]>((value) => Array.isArray(value)),
  at,
});

const migrationContract = contract({
  commands: {
    Plan: z.object({ plan }),
    BeginStep: z.object({ step, at: z.string() }),
    HoldStep: z.object({ step, reason }),
    CompleteStep: z.object({ step, evidence, at: z.string() }),
    SetRouteMode: z.object({ mode, reason }),
    Decide: decision,
    Pause: z.object({ reason, by, at }),
    Resume: z.object({ reason, by, at }),
    Approve: z.object({ step, reason, by, at }),
    Finish: z.object({ proof }),
    RollBack: z.object({ reason }),
  },
  events: {
    MigrationPlanned: z.object({ plan, run: z.number() }),
    StepBegun: z.object({ step, at: z.string(), attempt: z.number() }),
    StepHeld: z.object({ step, reason }),
    StepCompleted: z.object({ step, evidence, at: z.string() }),
    RouteModeSet: z.object({ mode, reason }),
    DecisionMade: decision,
    MigrationPaused: z.object({ reason, by, at }),
    MigrationResumed: z.object({ reason, by, at }),
    StepApproved: z.object({ step, reason, by, at }),
    MigrationFinished: z.object({ proof }),
    MigrationRolledBack: z.object({ reason }),
  },
});

/** What the analysis decided in a step, with what it saw. */
export interface DecisionMade {
  readonly step: string;
  readonly verdict: 'advance' | 'hold' | 'roll-back';
  readonly findings: readonly Finding[];
  readonly at: string;
}

/** Who said something, when and why. */
export interface Said {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** How one step stands. */
export interface StepState {
  readonly status: 'begun' | 'held' | 'done';
  readonly attempts: number;
  readonly begunAt: string;
  readonly endedAt?: string;
  readonly evidence?: StepEvidence;
  readonly reason?: string;
}

/** How a migration stands. */
export interface MigrationState {
  readonly status: 'new' | 'running' | 'finished' | 'rolled-back';
  /** How often the migration was planned; a rolled back one may be planned again. */
  readonly run: number;
  readonly plan?: Plan;
  readonly steps: Readonly<Record<string, StepState>>;
  /** How the plan's routes are answered now. */
  readonly mode: RouteMode;
  readonly proof?: Proof;
  readonly reason?: string;
  /** The newest decisions of the analysis, at most `keptDecisions`. */
  readonly decisions: readonly DecisionMade[];
  /** Set while somebody holds the migration where it is. */
  readonly paused?: Said | undefined;
  /** The steps that somebody approved of. */
  readonly approvals: Readonly<Record<string, Said>>;
}

const keptDecisions = 30;

/** A migration before anything happened. */
export const newMigration: MigrationState = {
  status: 'new',
  run: 0,
  steps: {},
  mode: { kind: 'owner' },
  decisions: [],
  approvals: {},
};

function mustRun(state: MigrationState): void {
  if (state.status !== 'running') {
    throw new Rejected(
      'migration-not-running',
      `The migration is ${state.status}; only a running one can go on.`,
    );
  }
}

function mustBeBegun(state: MigrationState, name: string): void {
  mustRun(state);
  if (state.steps[name]?.status !== 'begun') {
    throw new Rejected('step-not-begun', `The step ${name} is not under way.`);
  }
}

/** The extraction of one capability: its plan, its steps with their evidence, and how its routes are answered. */
export const migration = aggregate({
  name: 'migration',
  contract: migrationContract,
  initial: newMigration,
  decide: {
    Plan: (state, data) => {
      if (state.status === 'running' || state.status === 'finished') return [];
      return { type: 'MigrationPlanned', data: { plan: data.plan, run: state.run + 1 } };
    },
    BeginStep: (state, data) => {
      mustRun(state);
      const before = state.steps[data.step];
      if (before?.status === 'done')
        throw new Rejected('step-done', `The step ${data.step} is done already.`);
      // A step that was under way when its process died is begun again without counting as a failed attempt.
      if (before?.status === 'begun') return [];
      return {
        type: 'StepBegun',
        data: { step: data.step, at: data.at, attempt: (before?.attempts ?? 0) + 1 },
      };
    },
    HoldStep: (state, data) => {
      mustBeBegun(state, data.step);
      return { type: 'StepHeld', data };
    },
    CompleteStep: (state, data) => {
      mustBeBegun(state, data.step);
      return { type: 'StepCompleted', data };
    },
    SetRouteMode: (state, data) => {
      mustRun(state);
      if (JSON.stringify(state.mode) === JSON.stringify(data.mode)) return [];
      return { type: 'RouteModeSet', data };
    },
    Decide: (state, data) => {
      mustRun(state);
      return { type: 'DecisionMade', data };
    },
    Pause: (state, data) => {
      mustRun(state);
      return state.paused === undefined ? { type: 'MigrationPaused', data } : [];
    },
    Resume: (state, data) => {
      mustRun(state);
      return state.paused === undefined ? [] : { type: 'MigrationResumed', data };
    },
    Approve: (state, data) => {
      mustRun(state);
      if (!state.plan?.steps.includes(data.step)) {
        const waiting = state.plan?.steps.filter((name) => name.startsWith('approved-')).join(', ');
        throw new Rejected(
          'step-unknown',
          `The migration has no step ${data.step}. Steps that wait for approval: ${waiting || 'none'}.`,
        );
      }
      return state.approvals[data.step] === undefined ? { type: 'StepApproved', data } : [];
    },
    Finish: (state, data) => {
      mustRun(state);
      const open = state.plan?.steps.find((name) => state.steps[name]?.status !== 'done');
      if (open !== undefined) throw new Rejected('step-open', `The step ${open} is not done.`);
      return { type: 'MigrationFinished', data };
    },
    RollBack: (state, data) => {
      if (state.status === 'new' || state.status === 'rolled-back') return [];
      return { type: 'MigrationRolledBack', data };
    },
  },
  evolve: {
    MigrationPlanned: (_state, data): MigrationState => ({
      status: 'running',
      run: data.run,
      plan: data.plan,
      steps: {},
      mode: { kind: 'owner' },
      decisions: [],
      approvals: {},
      paused: undefined,
    }),
    StepBegun: (state, data) =>
      withStep(state, data.step, { status: 'begun', attempts: data.attempt, begunAt: data.at }),
    StepHeld: (state, data) => changeStep(state, data.step, { status: 'held', reason: data.reason }),
    StepCompleted: (state, data) =>
      changeStep(state, data.step, { status: 'done', evidence: data.evidence, endedAt: data.at }),
    RouteModeSet: (state, data): MigrationState => ({ ...state, mode: data.mode }),
    DecisionMade: (state, data): MigrationState => ({
      ...state,
      decisions: [...state.decisions, data].slice(-keptDecisions),
    }),
    MigrationPaused: (state, data): MigrationState => ({ ...state, paused: data }),
    MigrationResumed: (state): MigrationState => ({ ...state, paused: undefined }),
    StepApproved: (state, { step: name, ...said }): MigrationState => ({
      ...state,
      approvals: { ...state.approvals, [name]: said },
    }),
    MigrationFinished: (state, data): MigrationState => ({ ...state, status: 'finished', proof: data.proof }),
    MigrationRolledBack: (state, data): MigrationState => ({
      ...state,
      status: 'rolled-back',
      mode: { kind: 'owner' },
      reason: data.reason,
    }),
  },
});

function withStep(state: MigrationState, name: string, step: StepState): MigrationState {
  return { ...state, steps: { ...state.steps, [name]: step } };
}

function changeStep(state: MigrationState, name: string, change: Partial<StepState>): MigrationState {
  const step = state.steps[name];
  return step === undefined ? state : withStep(state, name, { ...step, ...change });
}
