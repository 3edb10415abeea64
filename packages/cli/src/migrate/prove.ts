import type { MigrationView } from '../ledger/ledger-view.ts';
import type { Measure, StepEvidence } from '../ledger/plan.ts';
import type { Check, Proof } from '../ledger/proof.ts';
import { addRoutes } from '../ledger/traffic.ts';
import { percentile } from './lag-samples.ts';

/** What is known at the end of a migration. */
export interface Findings {
  readonly view: MigrationView;
  readonly after: readonly Measure[];
  /** The invariants of the configuration, each of which must be 0. */
  readonly invariants: readonly Measure[];
  readonly now: Date;
}

/** Adds up the evidence of all steps. Pure: everything in it is in the ledger or was just measured. */
export function prove({ view, after, invariants, now }: Findings): Proof {
  const steps = Object.values(view.steps).flatMap((step) => step.evidence ?? []);
  const traffic = addRoutes(Object.values(view.whole));
  const rows = sumRows(steps);
  // Catching up after the snapshot is not following: how long that took is in the step itself.
  const following = Object.entries(view.steps).flatMap(([name, step]) =>
    name === 'fed' ? [] : (step.evidence ?? []),
  );
  const lag = following.flatMap(({ figures }) =>
    Array.isArray(figures.lagSamplesMs) ? figures.lagSamplesMs : [],
  );
  const { requests, failures } = view.forwarded;
  const checks: Check[] = [
    check('no request failed', failures === 0, `${failures} of ${requests}`),
    check('no row differs', rows.different + rows.missing + rows.extra === 0, `${rows.compared} compared`),
    check('no reply differs', traffic.different === 0, `${traffic.compared} compared`),
    ...invariants.map(({ name, value }) => check(name, value === 0, `off by ${value}`)),
  ];
  return {
    holds: checks.every((one) => one.holds),
    checks,
    traffic: {
      requests,
      failures,
      fallbacks: traffic.fallbacks,
      answeredByService: traffic.candidate.requests - traffic.fallbacks,
    },
    rows,
    replies: { compared: traffic.compared, different: traffic.different, late: traffic.late },
    lagMs: { p50: percentile(lag, 0.5), p99: percentile(lag, 0.99), samples: lag.length },
    before: view.plan?.before ?? [],
    after,
    seconds: Math.round((now.getTime() - new Date(view.plannedAt ?? now).getTime()) / 100) / 10,
  };
}

function check(name: string, holds: boolean, detail: string): Check {
  return { name, holds, detail };
}

function sumRows(steps: readonly StepEvidence[]): Proof['rows'] {
  const verifications = steps.map((step) => step.figures).filter((figures) => 'missing' in figures);
  const sum = (name: string) => verifications.reduce((total, figures) => total + Number(figures[name]), 0);
  return {
    compared: sum('compared'),
    different: sum('different'),
    missing: sum('missing'),
    extra: sum('extra'),
  };
}
