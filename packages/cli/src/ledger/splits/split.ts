import { aggregate, contract, Rejected } from '@banyan/runtime';
import type { SideName } from '@banyan/split';
import type { RouteHold } from '@banyan/strangler';
import { z } from 'zod';
import type { StepEvidence } from '../plan.ts';
import type { KeptSplitPlan } from './split-plan.ts';
import {
  type KeptVerification,
  keptSwitches,
  newSplit,
  type SplitState,
  type SwitchOver,
} from './split-state.ts';

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const plan = z.custom<KeptSplitPlan>(isObject);
const evidence = z.custom<StepEvidence>(isObject);
const verification = z.custom<KeptVerification>(isObject);
const figures = z.record(z.string(), z.number());
const step = z.string().min(1);
const reason = z.string().min(1);
const token = z.string().min(1);
const at = z.string();
const position = z.string();
const to = z.enum(['source', 'target']) satisfies z.ZodType<SideName>;

const splitContract = contract({
  commands: {
    Plan: z.object({ plan }),
    BeginStep: z.object({ step, at }),
    CompleteStep: z.object({ step, evidence, at }),
    KeepVerification: z.object({ verification }),
    BeginSwitch: z.object({ to, token, at }),
    HoldRoutes: z.object({ token, forMs: z.number(), at }),
    ReleaseRoutes: z.object({ token, at }),
    SwitchOwner: z.object({ token, position, at }),
    CompleteSwitch: z.object({ token, at, figures }),
    UndoSwitch: z.object({ token, reason, at }),
    BeginAbort: z.object({ reason }),
    Abort: z.object({ at }),
    BeginFinish: z.object({ reason }),
    Finish: z.object({ at }),
    DropOld: z.object({ at }),
  },
  events: {
    SplitPlanned: z.object({ plan, run: z.number() }),
    SplitStepBegun: z.object({ step, at, attempt: z.number() }),
    SplitStepCompleted: z.object({ step, evidence, at }),
    SplitVerified: z.object({ verification }),
    SwitchBegun: z.object({ to, token, at }),
    RoutesHeld: z.object({ token, forMs: z.number(), at }),
    RoutesReleased: z.object({ token, at }),
    OwnerSwitched: z.object({ to, token, position, at }),
    SwitchCompleted: z.object({ token, at, figures }),
    SwitchUndone: z.object({ token, reason, at }),
    SplitAbortBegun: z.object({ reason }),
    SplitAborted: z.object({ at }),
    SplitFinishBegun: z.object({ reason }),
    SplitFinished: z.object({ at }),
    OldTablesDropped: z.object({ at }),
  },
});

function mustRun({ status }: SplitState): void {
  if (status === 'running') return;
  throw new Rejected('split-not-running', `The split is ${status}; only a running one can go on.`);
}

function mustBeAtRest(state: SplitState): void {
  mustRun(state);
  if (state.change === undefined) return;
  throw new Rejected(
    'switch-under-way',
    `The owner is being changed to the ${state.change.to}: let that end first.`,
  );
}

function mustMove({ plan }: SplitState): void {
  if (plan?.keep === undefined) return;
  throw new Rejected('kept-as-copy', "The split keeps a copy: its tables stay the monolith's.");
}

function changeOf(state: SplitState, named: string) {
  if (state.change?.token === named) return state.change;
  throw new Rejected('switch-over', 'This change of the owner was given up by another process.');
}

/** The move of tables from one database to another: its steps, and who owns the rows. */
export const split = aggregate({
  name: 'split',
  contract: splitContract,
  initial: newSplit,
  decide: {
    Plan: (state, data) => {
      if (state.status !== 'new' && state.status !== 'aborted') return [];
      return { type: 'SplitPlanned', data: { plan: data.plan, run: state.run + 1 } };
    },
    BeginStep: (state, data) => {
      mustRun(state);
      const before = state.steps[data.step];
      if (before?.status === 'done')
        throw new Rejected('step-done', `The step ${data.step} is done already.`);
      return { type: 'SplitStepBegun', data: { ...data, attempt: (before?.attempts ?? 0) + 1 } };
    },
    CompleteStep: (state, data) => {
      mustRun(state);
      return { type: 'SplitStepCompleted', data };
    },
    KeepVerification: (state, data) => {
      mustRun(state);
      return { type: 'SplitVerified', data };
    },
    BeginSwitch: (state, data) => {
      mustMove(state);
      mustBeAtRest(state);
      if (state.owner === data.to) {
        throw new Rejected(
          'owner-already',
          `The ${data.to} owns the tables already; there is nothing to change.`,
        );
      }
      return { type: 'SwitchBegun', data };
    },
    HoldRoutes: (state, data) => {
      mustRun(state);
      changeOf(state, data.token);
      return { type: 'RoutesHeld', data };
    },
    ReleaseRoutes: (state, data) =>
      changeOf(state, data.token).hold === undefined ? [] : { type: 'RoutesReleased', data },
    SwitchOwner: (state, data) => {
      mustRun(state);
      const change = changeOf(state, data.token);
      return change.switched ? [] : { type: 'OwnerSwitched', data: { ...data, to: change.to } };
    },
    CompleteSwitch: (state, data) => {
      mustRun(state);
      if (!changeOf(state, data.token).switched)
        throw new Rejected('not-switched', 'The owner was not changed yet.');
      return { type: 'SwitchCompleted', data };
    },
    UndoSwitch: (state, data) => {
      mustRun(state);
      if (changeOf(state, data.token).switched) {
        throw new Rejected('switched', 'The owner was changed already: the way back is another change.');
      }
      return { type: 'SwitchUndone', data };
    },
    BeginAbort: (state, data) => {
      if (state.status === 'aborting' || state.status === 'aborted' || state.status === 'new') return [];
      mustBeAtRest(state);
      if (state.owner === 'target') {
        throw new Rejected(
          'owner-is-target',
          'The service owns the tables: give them back first, with `banyan split reverse`.',
        );
      }
      return { type: 'SplitAbortBegun', data };
    },
    Abort: (state, data) => (state.status === 'aborting' ? { type: 'SplitAborted', data } : []),
    BeginFinish: (state, data) => {
      mustMove(state);
      if (state.status === 'finishing' || state.status === 'finished' || state.status === 'dropped')
        return [];
      mustBeAtRest(state);
      if (state.owner === 'source') {
        throw new Rejected(
          'owner-is-source',
          'The monolith owns the tables: cut over first, with `banyan split cutover`.',
        );
      }
      return { type: 'SplitFinishBegun', data };
    },
    Finish: (state, data) => (state.status === 'finishing' ? { type: 'SplitFinished', data } : []),
    DropOld: (state, data) => {
      if (state.status === 'dropped') return [];
      if (state.status === 'finished') return { type: 'OldTablesDropped', data };
      throw new Rejected('not-finished', 'The old tables can be dropped once the split is finished.');
    },
  },
  evolve: {
    SplitPlanned: (_state, data): SplitState => ({
      ...newSplit,
      status: 'running',
      run: data.run,
      plan: data.plan,
    }),
    SplitStepBegun: (state, data): SplitState =>
      withStep(state, data.step, { status: 'begun', attempts: data.attempt, begunAt: data.at }),
    SplitStepCompleted: (state, data): SplitState => {
      const before = state.steps[data.step] ?? { attempts: 1, begunAt: data.at };
      return withStep(state, data.step, {
        ...before,
        status: 'done',
        evidence: data.evidence,
        endedAt: data.at,
      });
    },
    SplitVerified: (state, data): SplitState => ({ ...state, verification: data.verification }),
    SwitchBegun: (state, { at: begunAt, ...data }): SplitState => ({
      ...state,
      change: { ...data, begunAt, switched: false },
    }),
    RoutesHeld: (state, { token: id, forMs }): SplitState => withHold(state, { id, forMs }),
    RoutesReleased: (state): SplitState => withHold(state, undefined),
    OwnerSwitched: (state, data): SplitState => ({
      ...state,
      owner: data.to,
      change: {
        begunAt: data.at,
        ...state.change,
        to: data.to,
        token: data.token,
        switched: true,
        position: data.position,
      },
    }),
    SwitchCompleted: (state, data): SplitState => over(state, data.at, { figures: data.figures }),
    SwitchUndone: (state, data): SplitState => over(state, data.at, { undone: data.reason }),
    SplitAbortBegun: (state, data): SplitState => ({ ...state, status: 'aborting', reason: data.reason }),
    SplitAborted: (state): SplitState => ({ ...state, status: 'aborted' }),
    SplitFinishBegun: (state, data): SplitState => ({ ...state, status: 'finishing', reason: data.reason }),
    SplitFinished: (state, data): SplitState => ({ ...state, status: 'finished', finishedAt: data.at }),
    OldTablesDropped: (state): SplitState => ({ ...state, status: 'dropped' }),
  },
});

function withStep(state: SplitState, name: string, step: SplitState['steps'][string]): SplitState {
  return { ...state, steps: { ...state.steps, [name]: step } };
}

function withHold(state: SplitState, hold: RouteHold | undefined): SplitState {
  return state.change === undefined ? state : { ...state, change: { ...state.change, hold } };
}

function over(state: SplitState, endedAt: string, how: Partial<SwitchOver>): SplitState {
  if (state.change === undefined) return state;
  const { to, begunAt, position } = state.change;
  const one: SwitchOver = { to, begunAt, endedAt, ...(position === undefined ? {} : { position }), ...how };
  return { ...state, change: undefined, changes: [...state.changes, one].slice(-keptSwitches) };
}
