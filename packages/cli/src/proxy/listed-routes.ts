import { NotFound } from '@banyan/runtime';
import { analysisRules, describeFinding, type RouteMode, type RouteTable, verdict } from '@banyan/strangler';
import type { LedgerView } from '../ledger/ledger-view.ts';
import { nextStage } from '../ledger/routes/route.ts';
import { isCompared, stagesOf } from '../ledger/routes/route-definition.ts';
import type { RouteChange, RouteView } from '../ledger/routes/route-view.ts';
import { noTraffic, type RouteTraffic } from '../ledger/traffic.ts';

/** A route for people and programs: what it is, how far it is, and what was seen. */
export interface ListedRoute {
  readonly name: string;
  readonly path: string;
  readonly owner: string;
  readonly candidate?: string;
  readonly mode: RouteMode;
  /** `set`, `rolled-back`, or the migration that moves it. */
  readonly status: string;
  readonly stage?: string;
  /** Why it does not go on, where it has a rollout. */
  readonly waitsFor?: string;
  readonly revision: string;
  readonly traffic: Pick<
    RouteTraffic,
    'owner' | 'candidate' | 'fallbacks' | 'compared' | 'different' | 'late'
  >;
  readonly lastChange?: RouteChange;
}

/** All routes of a table, in the order in which they are tried. */
export function listedRoutes(view: LedgerView, table: RouteTable): readonly ListedRoute[] {
  return table.routes.map((route) => {
    const { name, match, owner, candidate, mode } = route;
    const common = { name, path: match.path, owner, ...(candidate === undefined ? {} : { candidate }), mode };
    const own = view.routes[name];
    if (own !== undefined && own.status !== 'removed') return { ...common, ...describe(own) };
    const [migration, found] = Object.entries(view.migrations).find(([, { plan }]) =>
      plan?.routes.some((one) => one.name === name),
    ) ?? ['', undefined];
    return {
      ...common,
      status: `migration ${migration}`,
      revision: String(found?.revision ?? 0n),
      traffic: counts(found?.whole[name] ?? noTraffic),
    };
  });
}

/** The changes of a route, the newest first. @throws NotFound */
export function routeHistory(view: LedgerView, name: string): readonly RouteChange[] {
  const found = Object.hasOwn(view.routes, name) ? view.routes[name] : undefined;
  if (found === undefined) {
    const known = Object.keys(view.routes).join(', ') || 'none';
    throw new NotFound(
      'route-unknown',
      `There is no route ${JSON.stringify(name)} with a history. There are: ${known}.`,
    );
  }
  return [...found.history].reverse();
}

function describe(
  view: RouteView,
): Pick<ListedRoute, 'status' | 'stage' | 'waitsFor' | 'revision' | 'traffic' | 'lastChange'> {
  const rollout = view.definition?.rollout;
  const stage =
    rollout === undefined || view.status !== 'set' ? undefined : stagesOf(rollout)[view.stage]?.name;
  const waitsFor = waitingFor(view);
  const lastChange = view.history.at(-1);
  return {
    status: view.status,
    ...(stage === undefined ? {} : { stage }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    revision: String(view.revision),
    traffic: counts(view.whole),
    ...(lastChange === undefined ? {} : { lastChange }),
  };
}

function waitingFor(view: RouteView): string | undefined {
  if (view.held !== undefined) return `held by ${view.held.by}: ${view.held.reason}`;
  const next = nextStage(view);
  if (next === undefined) return undefined;
  const rollout = view.definition!.rollout!;
  const rules = analysisRules(rollout.analysis);
  const judged = verdict(view.analysis, { rules, compared: isCompared(rollout) });
  if (judged.kind === 'hold') return `not sure enough yet: ${describeFinding(judged.findings[0]!, rules)}`;
  if (next.needsApproval && view.approved <= view.stage) return `approval of ${next.name}`;
  return judged.kind === 'advance' ? 'enough requests' : undefined;
}

function counts({
  owner,
  candidate,
  fallbacks,
  compared,
  different,
  late,
}: RouteTraffic): ListedRoute['traffic'] {
  return { owner, candidate, fallbacks, compared, different, late };
}
