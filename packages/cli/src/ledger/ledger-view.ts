import type { RecordedEvent } from '@banyan/runtime';
import {
  type Analysis,
  analyse,
  analysisRules,
  beginAnew,
  beginStep,
  newAnalysis,
  type RouteMode,
} from '@banyan/strangler';
import { type MigrationState, migration, newMigration } from './migration.ts';
import { addRouteEvidence, evolveRoute, type RouteView } from './routes/route-view.ts';
import { evolveSplit, type SplitView } from './splits/split-view.ts';
import {
  addEvidence,
  type ForwardedTotals,
  noTraffic,
  type RecordedEvidence,
  type RouteTraffic,
  type TrafficObserved,
} from './traffic.ts';

/** Traffic of every route, by the route's name. */
export type TrafficByRoute = Readonly<Record<string, RouteTraffic>>;

/** A migration as the ledger tells it. */
export interface MigrationView extends MigrationState {
  /** Position of the event that set how its routes are answered: evidence of an older revision says nothing of now. */
  readonly revision: bigint;
  readonly plannedAt?: string;
  /** Since the mode of the routes was set. */
  readonly current: TrafficByRoute;
  /** Since the migration was planned. */
  readonly whole: TrafficByRoute;
  /** Everything the proxies forwarded since the migration was planned, whatever the route. */
  readonly forwarded: ForwardedTotals;
  /** What the evidence since then says for and against the service. */
  readonly analysis: Analysis;
}

/** Everything that the screen shows and that the steps wait for: a projection of the ledger. */
export interface LedgerView {
  readonly position: bigint;
  readonly migrations: Readonly<Record<string, MigrationView>>;
  /** The routes that stand for themselves, also removed ones. */
  readonly routes: Readonly<Record<string, RouteView>>;
  readonly splits: Readonly<Record<string, SplitView>>;
  /** What the proxies said last, by their instance; the newest `keptProxies`. */
  readonly proxies: Readonly<Record<string, ProxyView>>;
}

/** One proxy as it was last heard of. */
export interface ProxyView {
  /** The revision of the routes that it runs; absent for proxies of older versions. */
  readonly revision?: string;
  readonly at: string;
  readonly requests: number;
  /** The last change of an owner for which it said that nothing is under way. */
  readonly drained?: string;
}

const keptProxies = 50;

/** The view of an empty ledger. */
export const emptyLedger: LedgerView = { position: 0n, migrations: {}, routes: {}, splits: {}, proxies: {} };

const streamPrefix = 'migration-';
const routePrefix = 'route-';
const splitPrefix = 'split-';
const modeChanges = new Set(['MigrationPlanned', 'RouteModeSet', 'MigrationRolledBack']);

/** Folds one event of the ledger into the view. */
export function evolveLedger(view: LedgerView, event: RecordedEvent): LedgerView {
  const next = { ...view, position: event.position };
  if (event.streamId.startsWith(streamPrefix)) {
    const name = event.streamId.slice(streamPrefix.length);
    return {
      ...next,
      migrations: { ...view.migrations, [name]: evolveMigration(view.migrations[name], event) },
    };
  }
  if (event.streamId.startsWith(routePrefix)) {
    const name = event.streamId.slice(routePrefix.length);
    return { ...next, routes: { ...view.routes, [name]: evolveRoute(view.routes[name], name, event) } };
  }
  if (event.streamId.startsWith(splitPrefix)) {
    const name = event.streamId.slice(splitPrefix.length);
    return { ...next, splits: { ...view.splits, [name]: evolveSplit(view.splits[name], event) } };
  }
  if (event.type !== 'TrafficObserved') return next;
  const traffic = event.data as TrafficObserved;
  const migrations = Object.entries(view.migrations).map(([name, one]) => [name, addTraffic(one, traffic)]);
  const routes = { ...view.routes };
  for (const one of traffic.evidence) {
    const known = routes[one.route];
    if (known !== undefined) routes[one.route] = addRouteEvidence(known, one);
  }
  const proxies = addProxy(view.proxies, traffic, event.metadata.at);
  return { ...next, migrations: Object.fromEntries(migrations), routes, proxies };
}

function addProxy(
  proxies: LedgerView['proxies'],
  { instance, revision, totals, drained }: TrafficObserved,
  at: string,
): LedgerView['proxies'] {
  const { [instance]: before, ...others } = proxies;
  const one: ProxyView = {
    ...(revision === undefined ? {} : { revision }),
    at,
    ...(drained === undefined ? {} : { drained }),
    requests: (before?.requests ?? 0) + totals.requests,
  };
  return Object.fromEntries([...Object.entries(others), [instance, one] as const].slice(-keptProxies));
}

function evolveMigration(before: MigrationView | undefined, event: RecordedEvent): MigrationView {
  const known = before ?? { ...newMigration, revision: 0n, ...untouched };
  const evolve = migration.evolve as Record<
    string,
    ((s: MigrationState, data: never) => MigrationState) | undefined
  >;
  const state = evolve[event.type]?.(known, event.data as never) ?? known;
  const planned = event.type === 'MigrationPlanned';
  return {
    ...known,
    ...(planned ? untouched : {}),
    ...state,
    ...(planned ? { plannedAt: event.metadata.at } : {}),
    ...(modeChanges.has(event.type) ? modeChanged(known, event) : {}),
  };
}

const untouched = {
  current: {},
  whole: {},
  forwarded: { requests: 0, failures: 0 },
  analysis: newAnalysis,
};

function modeChanged({ analysis }: MigrationView, event: RecordedEvent): Partial<MigrationView> {
  const changed = { revision: event.position, current: {} };
  if (event.type !== 'RouteModeSet') return { ...changed, analysis: newAnalysis };
  const { mode } = event.data as { readonly mode: RouteMode };
  // Back at the monolith means that something was wrong: that it is over must be shown.
  return { ...changed, analysis: mode.kind === 'owner' ? beginAnew(analysis) : beginStep(analysis) };
}

function addTraffic(view: MigrationView, traffic: TrafficObserved): MigrationView {
  const routes = new Set(view.plan?.routes.map((route) => route.name));
  const mine = traffic.evidence.filter((one) => routes.has(one.route));
  return {
    ...view,
    whole: addAll(view.whole, mine),
    current: addAll(
      view.current,
      mine.filter((one) => BigInt(one.revision) >= view.revision),
    ),
    analysis: mine.reduce((sum, one) => addToAnalysis(sum, one, view), view.analysis),
    forwarded: {
      requests: view.forwarded.requests + traffic.totals.requests,
      failures: view.forwarded.failures + traffic.totals.failures,
    },
  };
}

function addToAnalysis(
  analysis: Analysis,
  evidence: RecordedEvidence,
  { plan, revision }: MigrationView,
): Analysis {
  const current = BigInt(evidence.revision) >= revision;
  return analyse(analysis, evidence, { rules: analysisRules(plan?.analysis), current });
}

function addAll(sums: TrafficByRoute, evidence: readonly RecordedEvidence[]): TrafficByRoute {
  const next: Record<string, RouteTraffic> = { ...sums };
  for (const one of evidence) next[one.route] = addEvidence(next[one.route] ?? noTraffic, one);
  return next;
}
