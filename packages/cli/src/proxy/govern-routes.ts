import { analysisRules, describeFinding, type Verdict, verdict } from '@banyan/strangler';
import type { Ledger } from '../ledger/ledger.ts';
import { modeOf, nextStage } from '../ledger/routes/route.ts';
import { isCompared, type Rollout } from '../ledger/routes/route-definition.ts';
import type { RouteView } from '../ledger/routes/route-view.ts';

const defaultCompared = 50;
const defaultRequests = 100;

/** What the analysis has to say of a route now, if anything. */
export interface Ruling {
  readonly command: 'Advance' | 'RollBack';
  readonly reason: string;
  readonly judged: Verdict;
}

/**
 * What follows from the evidence of a route with a rollout; undefined where nothing does: no rollout, no traffic, not sure
 * yet, held by somebody, or waiting for approval. A hold does not keep a route from being rolled back.
 */
export function rule(view: RouteView): Ruling | undefined {
  const rollout = view.definition?.rollout;
  if (rollout === undefined || view.status !== 'set' || modeOf(view).kind === 'owner') return undefined;
  const rules = analysisRules(rollout.analysis);
  const judged = verdict(view.analysis, { rules, compared: isCompared(rollout) });
  if (judged.kind === 'roll-back') {
    const reason = judged.findings.map((one) => describeFinding(one, rules)).join('; ');
    return { command: 'RollBack', reason, judged };
  }
  const next = nextStage(view);
  const mayGo =
    next !== undefined && view.held === undefined && (!next.needsApproval || view.approved > view.stage);
  if (!mayGo || judged.kind !== 'advance' || !hasEnough(view, rollout)) return undefined;
  return { command: 'Advance', reason: `every limit is kept: on to ${next.name}`, judged };
}

function hasEnough({ current, ...view }: RouteView, rollout: Rollout): boolean {
  if (modeOf(view).kind === 'shadow') return current.compared >= (rollout.leastCompared ?? defaultCompared);
  return current.candidate.requests >= (rollout.leastRequests ?? defaultRequests);
}

/** Advances and rolls back the routes of a ledger as the evidence in it demands, until the signal aborts. */
export function governRoutes(ledger: Ledger, instance: string, signal: AbortSignal): void {
  const busy = new Set<string>();
  const look = () => {
    for (const view of Object.values(ledger.view().routes)) {
      const ruling = busy.has(view.name) ? undefined : rule(view);
      if (ruling === undefined) continue;
      busy.add(view.name);
      void carryOut(ledger, view, ruling, instance)
        // Another proxy was first, or the ledger is away: the next change is looked at again.
        .catch(() => undefined)
        .finally(() => busy.delete(view.name));
    }
  };
  ledger.onChange(look, signal);
  look();
}

async function carryOut(
  ledger: Ledger,
  { name, stage }: RouteView,
  { command, reason, judged }: Ruling,
  instance: string,
): Promise<void> {
  const said = {
    by: `analysis (${instance})`,
    reason,
    at: new Date().toISOString(),
    findings: judged.findings,
  };
  await ledger.executeRoute(name, command, command === 'Advance' ? { ...said, from: stage } : said);
}
