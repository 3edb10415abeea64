import type { RecordedEvent } from '@banyan/runtime';
import {
  type Analysis,
  analyse,
  analysisRules,
  beginAnew,
  beginStep,
  type Finding,
  newAnalysis,
} from '@banyan/strangler';
import { addEvidence, noTraffic, type RecordedEvidence, type RouteTraffic } from '../traffic.ts';
import { newRoute, type RouteState, route } from './route.ts';
import type { RouteDefinition } from './route-definition.ts';

/** One change of a route. */
export interface RouteChange {
  /** The position of its event in the ledger. */
  readonly revision: bigint;
  readonly what: 'set' | 'removed' | 'held' | 'released' | 'approved' | 'advanced' | 'rolled back';
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  /** What the route was from then on, where that changed. */
  readonly definition?: RouteDefinition;
  readonly stage?: number;
  /** The evidence, where the analysis decided. */
  readonly findings?: readonly Finding[];
}

/** A route of its own as the ledger tells it. */
export interface RouteView extends RouteState {
  readonly name: string;
  /** Position of the event that set how it is answered. */
  readonly revision: bigint;
  /** The newest changes, at most `keptChanges`, the newest last. */
  readonly history: readonly RouteChange[];
  /** Since then. */
  readonly current: RouteTraffic;
  /** Since the route was set. */
  readonly whole: RouteTraffic;
  readonly analysis: Analysis;
}

const keptChanges = 100;

const changes: Readonly<Record<string, RouteChange['what']>> = {
  RouteSet: 'set',
  RouteRemoved: 'removed',
  RouteHeld: 'held',
  RouteReleased: 'released',
  RouteApproved: 'approved',
  RouteAdvanced: 'advanced',
  RouteRolledBack: 'rolled back',
};

/** Folds an event of the route's stream. */
export function evolveRoute(before: RouteView | undefined, name: string, event: RecordedEvent): RouteView {
  const known: RouteView = before ?? {
    ...newRoute,
    name,
    revision: 0n,
    history: [],
    current: noTraffic,
    whole: noTraffic,
    analysis: newAnalysis,
  };
  const evolve = route.evolve as Record<string, ((s: RouteState, data: never) => RouteState) | undefined>;
  const state = evolve[event.type]?.(known, event.data as never);
  const what = changes[event.type];
  if (state === undefined || what === undefined) return known;
  return {
    ...known,
    ...state,
    ...traffic(known, what, event.position),
    history: [...known.history, changeOf(event, what)].slice(-keptChanges),
  };
}

function traffic(view: RouteView, what: RouteChange['what'], revision: bigint): Partial<RouteView> {
  switch (what) {
    case 'set':
      return { revision, current: noTraffic, whole: noTraffic, analysis: newAnalysis };
    case 'advanced':
      return { revision, current: noTraffic, analysis: beginStep(view.analysis) };
    case 'rolled back':
    case 'removed':
      return { revision, current: noTraffic, analysis: beginAnew(view.analysis) };
    default:
      return {};
  }
}

function changeOf(event: RecordedEvent, what: RouteChange['what']): RouteChange {
  const { by, reason, at, definition, stage, findings } = event.data as RouteChange;
  return {
    revision: event.position,
    what,
    by,
    reason,
    at,
    ...(definition === undefined ? {} : { definition }),
    ...(stage === undefined ? {} : { stage }),
    ...(findings === undefined ? {} : { findings }),
  };
}

/** Adds what a proxy saw of the route. */
export function addRouteEvidence(view: RouteView, evidence: RecordedEvidence): RouteView {
  const current = BigInt(evidence.revision) >= view.revision;
  const rules = analysisRules(view.definition?.rollout?.analysis);
  return {
    ...view,
    whole: addEvidence(view.whole, evidence),
    current: current ? addEvidence(view.current, evidence) : view.current,
    analysis: analyse(view.analysis, evidence, { rules, current }),
  };
}

/**
 * What the route was before its last change, or as of a revision of the history; undefined where that isn't known, or it was
 * removed then. Removing it and rolling it back are changes; holding it and going through its stages are not.
 */
export function definitionBefore({ history }: RouteView, revision?: bigint): RouteDefinition | undefined {
  const sets = history.filter(({ what }) => what === 'set');
  if (revision === undefined) {
    const last = history.findLast(
      ({ what }) => what === 'set' || what === 'removed' || what === 'rolled back',
    );
    return sets.at(last?.what === 'set' ? -2 : -1)?.definition;
  }
  const upTo = history.filter((change) => change.revision <= revision);
  return upTo.findLast(({ what }) => what === 'set' || what === 'removed')?.definition;
}
