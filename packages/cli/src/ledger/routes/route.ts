import { aggregate, contract, Rejected } from '@banyan/runtime';
import type { Finding, RouteMode } from '@banyan/strangler';
import { z } from 'zod';
import { routeDefinitionSchema } from '../../config/route-schema.ts';
import type { Said } from '../migration.ts';
import { type RouteDefinition, type Stage, stagesOf } from './route-definition.ts';

const said = { by: z.string().min(1), reason: z.string().min(1), at: z.string() };
const definition = routeDefinitionSchema as unknown as z.ZodType<RouteDefinition>;
const findings = z.custom<readonly Finding[]>((value) => Array.isArray(value));
const stage = z.number().int().min(0);
/** Whether the configuration file says so: it is only heard again once it has changed. */
const configured = z.boolean();

const routeContract = contract({
  commands: {
    Set: z.object({ definition, configured, ...said }),
    Remove: z.object({ configured, ...said }),
    Hold: z.object(said),
    Release: z.object(said),
    Approve: z.object(said),
    Advance: z.object({ from: stage, findings, ...said }),
    RollBack: z.object({ findings, ...said }),
  },
  events: {
    RouteSet: z.object({ definition, configured, ...said }),
    RouteRemoved: z.object({ configured, ...said }),
    RouteHeld: z.object(said),
    RouteReleased: z.object(said),
    RouteApproved: z.object({ stage, ...said }),
    RouteAdvanced: z.object({ stage, findings, ...said }),
    RouteRolledBack: z.object({ findings, ...said }),
  },
});

/** How a route of its own stands. */
export interface RouteState {
  readonly status: 'new' | 'set' | 'rolled-back' | 'removed';
  readonly definition?: RouteDefinition;
  /** What the configuration file said last, also where somebody said otherwise since. */
  readonly configured?: RouteDefinition | 'removed';
  /** Index into the stages of the rollout. */
  readonly stage: number;
  /** The furthest stage that somebody approved of. */
  readonly approved: number;
  readonly held?: Said | undefined;
}

/** A route before anything was said of it. */
export const newRoute: RouteState = { status: 'new', stage: 0, approved: -1 };

/** How the requests of a route are answered now. */
export function modeOf({ status, definition, stage }: RouteState): RouteMode {
  if (status !== 'set' || definition === undefined) return { kind: 'owner' };
  if (definition.rollout === undefined) return definition.mode ?? { kind: 'owner' };
  return stagesOf(definition.rollout)[stage]?.mode ?? { kind: 'owner' };
}

/** The stage that comes next; undefined where there is none. */
export function nextStage({ status, definition, stage }: RouteState): Stage | undefined {
  if (status !== 'set' || definition?.rollout === undefined) return undefined;
  return stagesOf(definition.rollout)[stage + 1];
}

function mustBeThere(state: RouteState): void {
  if (state.status === 'set' || state.status === 'rolled-back') return;
  throw new Rejected(
    'route-unknown',
    'There is no such route. `banyan route list` names those that there are.',
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A route that is changed at run time: what it is, and how far its candidate has come. */
export const route = aggregate({
  name: 'route',
  contract: routeContract,
  initial: newRoute,
  decide: {
    Set: (state, data) => {
      if (data.configured && isSame(state.configured, data.definition)) return [];
      if (!data.configured && state.status === 'set' && isSame(state.definition, data.definition)) return [];
      return { type: 'RouteSet', data };
    },
    Remove: (state, data) => {
      if (data.configured && (state.configured === undefined || state.configured === 'removed')) return [];
      if (!data.configured) mustBeThere(state);
      return { type: 'RouteRemoved', data };
    },
    Hold: (state, data) => {
      mustBeThere(state);
      return state.held === undefined ? { type: 'RouteHeld', data } : [];
    },
    Release: (state, data) => {
      mustBeThere(state);
      return state.held === undefined ? [] : { type: 'RouteReleased', data };
    },
    Approve: (state, data) => {
      mustBeThere(state);
      const next = nextStage(state);
      if (next === undefined) {
        throw new Rejected(
          'nothing-to-approve',
          'The route has no stage before it that could be approved of.',
        );
      }
      return state.approved > state.stage
        ? []
        : { type: 'RouteApproved', data: { ...data, stage: state.stage + 1 } };
    },
    Advance: (state, { from, ...data }) => {
      const next = nextStage(state);
      const mayGo = next !== undefined && (!next.needsApproval || state.approved > state.stage);
      // Several proxies see the same evidence: only the first of them is heard.
      if (state.stage !== from || state.held !== undefined || !mayGo) return [];
      return { type: 'RouteAdvanced', data: { ...data, stage: from + 1 } };
    },
    RollBack: (state, data) => {
      if (state.status !== 'set' || modeOf(state).kind === 'owner') return [];
      return { type: 'RouteRolledBack', data };
    },
  },
  evolve: {
    RouteSet: (state, data): RouteState => ({
      ...state,
      status: 'set',
      definition: data.definition,
      ...(data.configured ? { configured: data.definition } : {}),
      stage: 0,
      approved: -1,
    }),
    RouteRemoved: (state, data): RouteState => ({
      ...state,
      status: 'removed',
      ...(data.configured ? { configured: 'removed' } : {}),
    }),
    RouteHeld: (state, data): RouteState => ({ ...state, held: data }),
    RouteReleased: (state): RouteState => ({ ...state, held: undefined }),
    RouteApproved: (state, data): RouteState => ({ ...state, approved: data.stage }),
    RouteAdvanced: (state, data): RouteState => ({ ...state, stage: data.stage }),
    RouteRolledBack: (state): RouteState => ({ ...state, status: 'rolled-back' }),
  },
});
