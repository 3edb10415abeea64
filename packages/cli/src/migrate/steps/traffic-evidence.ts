import { Terminal, Unavailable } from '@banyan/runtime';
import type { MigrationView } from '../../ledger/ledger-view.ts';
import { addRoutes, noTraffic, type RouteTraffic } from '../../ledger/traffic.ts';
import type { StepContext } from '../step.ts';

/** What a traffic step looks at each time the ledger changes. */
export interface Observed {
  readonly sum: RouteTraffic;
  readonly byRoute: Readonly<Record<string, RouteTraffic>>;
}

/**
 * Waits for evidence gathered since the mode of the routes was set.
 * @param enough Says whether there is enough of it, or what is missing still.
 * @throws Terminal `replies-differ` when more replies differ than the limits allow.
 * @throws Unavailable `candidate-errors` when the service fails more often than the limits allow.
 */
export async function awaitEvidence(
  context: StepContext,
  enough: (observed: Observed) => true | string,
): Promise<Observed> {
  const { ledger, limits, name, signal } = context;
  let missing = 'traffic';
  return ledger.until(
    (view) => {
      const observed = observe(view.migrations[name]);
      // A difference is found out some time after the request: it may belong to an earlier step, and counts all the same.
      refuseDifferences(context, addRoutes(Object.values(view.migrations[name]?.whole ?? {})));
      refuseErrors(context, observed.sum);
      const verdict = enough(observed);
      if (verdict === true) return observed;
      missing = verdict;
      context.progress(verdict);
      return undefined;
    },
    { timeoutMs: limits.stepTimeoutMs, what: `enough traffic (${missing})`, signal },
  );
}

function observe(view: MigrationView | undefined): Observed {
  const routes = view?.plan?.routes ?? [];
  const byRoute = Object.fromEntries(routes.map(({ name }) => [name, view?.current[name] ?? noTraffic]));
  return { sum: addRoutes(Object.values(byRoute)), byRoute };
}

function refuseDifferences({ limits, plan }: StepContext, sum: RouteTraffic): void {
  if (sum.different <= limits.differences) return;
  const samples = sum.differences
    .slice(-3)
    .map(
      (one) =>
        `${one.method} ${one.path} at ${one.at}: ${one.owner ?? 'nothing'} and ${one.candidate ?? 'nothing'}`,
    );
  throw new Terminal(
    'replies-differ',
    `${sum.different} of ${sum.compared} replies of ${plan.service} differ from the monolith's (${samples.join('; ')}). ` +
      'Correct the service, then migrate again.',
  );
}

function refuseErrors({ limits, plan }: StepContext, sum: RouteTraffic): void {
  const asked = sum.candidate.requests + sum.compared + sum.unanswered;
  const failed = sum.candidate.errors + sum.unanswered;
  if (failed <= asked * limits.errorShare) return;
  throw new Unavailable(
    'candidate-errors',
    `${plan.service} failed ${failed} of ${asked} requests; the monolith answered the clients instead.`,
  );
}
