import { Terminal } from '@banyan/runtime';
import { type RowDifference, type Verification, verifyRows } from '@banyan/split';
import type { Step, StepContext } from '../step.ts';

/** Compares the service's tables with the monolith's, row by row at one position, while both run. */
export const verify: Step = async (context) => {
  const found = await verifyTables(context);
  const seconds = Math.round(found.heldMs) / 1000;
  return {
    summary: `${figure(found.compared)} rows compared at one position: 0 missing, 0 extra, 0 different; feed held ${seconds} s`,
    figures: verificationFigures(found),
  };
};

/** The comparison, for the steps that repeat it. @throws Terminal `rows-differ` with samples. */
export async function verifyTables(context: StepContext): Promise<Verification> {
  const { config, migration, plan, checkpoints, signal } = context;
  const found = await verifyRows({
    source: config.monolith.database,
    target: config.services[plan.service]!.database,
    checkpoints,
    subscription: plan.subscription,
    tables: plan.tables,
    into: plan.into,
    translate: migration.translate,
    signal,
    onProgress: (compared) => context.progress(`${figure(compared)} rows compared`),
  });
  if (found.missing + found.different + found.extra > 0) throw rowsDiffer(plan.service, found);
  return found;
}

/** What a comparison found, as the ledger keeps it. */
export function verificationFigures(found: Verification): Record<string, number | string> {
  const { compared, missing, extra, different, heldMs } = found;
  return {
    compared,
    missing,
    extra,
    different,
    heldMs: Math.round(heldMs),
    position: String(found.position),
  };
}

function rowsDiffer(service: string, found: Verification): Terminal {
  const samples = found.samples.slice(0, 5).map(describe).join('; ');
  return new Terminal(
    'rows-differ',
    `${service} differs from the monolith: of ${found.compared} rows ${found.missing} are missing, ${found.extra} extra and ` +
      `${found.different} different (${samples}). Correct the translator, roll back, and migrate again.`,
    { details: { ...verificationFigures(found) } },
  );
}

function describe(sample: RowDifference): string {
  const columns = sample.columns.length === 0 ? '' : ` in ${sample.columns.join(', ')}`;
  return `${sample.kind} ${sample.table} ${sample.key}${columns}`;
}

/** A number with its thousands apart, the same on every machine. */
export function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
