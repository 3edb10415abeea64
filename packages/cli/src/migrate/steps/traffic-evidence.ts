import { type BanyanError, Terminal, toBanyanError, Unavailable } from '@banyan/runtime';
import { type AnalysisRules, analysisRules, describeFinding, type Verdict, verdict } from '@banyan/strangler';
import type { LedgerView, MigrationView } from '../../ledger/ledger-view.ts';
import { addRoutes, noTraffic, type RouteTraffic } from '../../ledger/traffic.ts';
import { pause } from '../lag-samples.ts';
import type { StepContext } from '../step.ts';

/** What a traffic step looks at each time the ledger changes. */
export interface Observed {
  readonly sum: RouteTraffic;
  readonly byRoute: Readonly<Record<string, RouteTraffic>>;
}

/** What a traffic step waits for. */
export interface Wanted {
  readonly step: string;
  /** Says whether the sample is large enough, or what is missing still. */
  readonly enough: (observed: Observed) => true | string;
  /** Whether it must be shown that the service keeps every limit; else it is enough that nothing shows the contrary. */
  readonly trust: boolean;
  /** How long to wait for what is still being compared, before looking once more. Default 0. */
  readonly settleMs?: number;
}

/**
 * Waits for evidence gathered since the mode of the routes was set, and writes down what it led to.
 * @throws Terminal `replies-differ` when the analysis shows that the replies differ.
 * @throws Unavailable `candidate-fails` or `candidate-slow` when it shows that the service is worse than the monolith.
 * @throws Unavailable `evidence-timeout` when there is too little traffic to tell.
 */
export async function awaitEvidence(context: StepContext, wanted: Wanted): Promise<Observed> {
  const { ledger, limits, name, plan, signal } = context;
  const rules = analysisRules(plan.analysis);
  const waiting = { missing: 'traffic', judged: verdict(ledger.migration(name)!.analysis, { rules }) };
  const look = (view: LedgerView) => {
    const migration = view.migrations[name]!;
    const judged = verdict(migration.analysis, { rules });
    waiting.judged = judged;
    if (judged.kind === 'roll-back') throw against(judged, migration, context);
    const observed = observe(migration);
    const missing = missingFor(wanted, observed, { judged, migration, rules });
    if (missing === undefined) return observed;
    waiting.missing = missing;
    context.progress(missing);
    return undefined;
  };
  const what = () => `enough traffic (${waiting.missing})`;
  try {
    const options = { timeoutMs: limits.stepTimeoutMs, what, signal };
    let observed = await ledger.until(look, options);
    if (wanted.settleMs !== undefined) {
      await pause(wanted.settleMs, signal);
      observed = await ledger.until(look, options);
    }
    await writeDown(context, wanted.step, { ...waiting.judged, kind: 'advance' });
    return observed;
  } catch (caught) {
    if (!signal.aborted) await writeDown(context, wanted.step, withoutAdvance(waiting.judged));
    throw toBanyanError(caught);
  }
}

function missingFor(
  { enough, trust }: Wanted,
  observed: Observed,
  known: { judged: Verdict; migration: MigrationView; rules: AnalysisRules },
): string | undefined {
  const { judged, migration, rules } = known;
  const sample = enough(observed);
  if (sample !== true) return sample;
  if (migration.paused !== undefined) return `held by ${migration.paused.by}: ${migration.paused.reason}`;
  if (!trust || judged.kind === 'advance') return undefined;
  const [first] = judged.findings;
  return `not sure enough yet: ${describeFinding(first!, rules)}`;
}

function observe(view: MigrationView): Observed {
  const routes = view.plan?.routes ?? [];
  const byRoute = Object.fromEntries(routes.map(({ name }) => [name, view.current[name] ?? noTraffic]));
  return { sum: addRoutes(Object.values(byRoute)), byRoute };
}

async function writeDown({ ledger, name }: StepContext, step: string, judged: Verdict): Promise<void> {
  const { kind, findings } = judged;
  await ledger.execute(name, 'Decide', { step, verdict: kind, findings, at: new Date().toISOString() });
}

// The sample was too small, or somebody held the migration, whatever the analysis says.
function withoutAdvance(judged: Verdict): Verdict {
  return judged.kind === 'advance' ? { ...judged, kind: 'hold' } : judged;
}

function against({ findings }: Verdict, migration: MigrationView, { plan }: StepContext): BanyanError {
  const rules = analysisRules(plan.analysis);
  const worst = findings.find(({ metric }) => metric === 'differences') ?? findings[0]!;
  const found = `${plan.service}: ${describeFinding(worst, rules)}`;
  if (worst.metric === 'differences') {
    const sum = addRoutes(Object.values(migration.whole));
    const samples = sum.differences
      .slice(-3)
      .map(
        (one) =>
          `${one.method} ${one.path} at ${one.at}: ${one.owner ?? 'nothing'} and ${one.candidate ?? 'nothing'}`,
      );
    return new Terminal(
      'replies-differ',
      `The replies of ${plan.service} differ from the monolith's: ${describeFinding(worst, rules)} (${samples.join('; ')}). ` +
        'Correct the service, then migrate again.',
      { details: { findings } },
    );
  }
  const [code, what] =
    worst.metric === 'errors'
      ? ['candidate-fails', 'the monolith answered the clients instead']
      : ['candidate-slow', 'the monolith answers again'];
  return new Unavailable(code, `${found}; ${what}.`, { details: { findings } });
}
