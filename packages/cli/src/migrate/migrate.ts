import { type BanyanError, Terminal, toBanyanError, Unavailable } from '@banyan/runtime';
import type { BanyanConfig } from '../config/config.ts';
import type { MigrationView } from '../ledger/ledger-view.ts';
import type { Proof } from '../ledger/proof.ts';
import { awaitService } from './await-service.ts';
import { sampleLag } from './lag-samples.ts';
import { measure } from './measure.ts';
import { type OpenMigration, openMigration } from './open-migration.ts';
import type { OnProgress } from './progress.ts';
import { prove } from './prove.ts';
import { rollBack } from './rollback.ts';
import type { StepContext } from './step.ts';
import { stepNamed, stepNames } from './steps/index.ts';

/** What a migration is started with. */
export interface MigrateOptions {
  readonly config: BanyanConfig;
  /** The migration's name in the configuration. */
  readonly name: string;
  readonly onProgress: OnProgress;
  /** Ends the run between two steps or in the middle of one; started again, it goes on from there. */
  readonly signal: AbortSignal;
}

/**
 * Takes a migration from where its ledger says it is to its end, step by step, and proves it. What is done is not done again.
 * On evidence against the service the reads are put back before the error is thrown.
 */
export async function migrate({ config, name, onProgress, signal }: MigrateOptions): Promise<Proof> {
  await using open = await openMigration(config, name);
  const planned = await plan(open, onProgress);
  if (planned.status === 'finished' && planned.proof !== undefined) {
    reportEarlier(planned, onProgress);
    onProgress({ kind: 'finished', proof: planned.proof, earlier: true });
    return planned.proof;
  }
  await using lag = sampleLag(open.checkpoints, open.subscription);
  for (const step of planned.plan?.steps ?? []) {
    const progress = (text: string) => onProgress({ kind: 'progress', step, text });
    const context: StepContext = { ...open, plan: planned.plan!, lag, progress, signal };
    await runStep(step, context, open, onProgress);
  }
  const proof = await proveAndFinish(open);
  onProgress({ kind: 'finished', proof, earlier: false });
  return proof;
}

async function plan(open: OpenMigration, onProgress: OnProgress): Promise<MigrationView> {
  const { ledger, name, migration, limits, monolith, subscription } = open;
  const known = ledger.migration(name);
  const resumed = known?.status === 'running' || known?.status === 'finished';
  const { service, tables, into, routes, analysis } = migration;
  const steps = known?.plan !== undefined && resumed ? known.plan.steps : stepNames(limits);
  onProgress({ kind: 'planned', migration: name, steps, resumed });
  if (!resumed) {
    const before = await measure(monolith, migration.measures ?? []);
    await ledger.execute(name, 'Plan', {
      plan: { service, subscription, tables, into, routes, steps, analysis, before },
    });
  }
  return ledger.migration(name)!;
}

function reportEarlier(view: MigrationView, onProgress: OnProgress): void {
  for (const step of view.plan?.steps ?? []) reportDone(view, step, true, onProgress);
}

function reportDone(view: MigrationView, step: string, earlier: boolean, onProgress: OnProgress): void {
  const state = view.steps[step];
  if (state?.evidence === undefined) return;
  const ms = new Date(state.endedAt ?? state.begunAt).getTime() - new Date(state.begunAt).getTime();
  onProgress({ kind: 'done', step, evidence: state.evidence, ms, earlier });
}

async function runStep(
  step: string,
  context: StepContext,
  open: OpenMigration,
  onProgress: OnProgress,
): Promise<void> {
  const { ledger, name, signal, limits } = context;
  if (ledger.migration(name)?.steps[step]?.status === 'done') {
    return reportDone(ledger.migration(name)!, step, true, onProgress);
  }
  for (;;) {
    signal.throwIfAborted();
    await ledger.execute(name, 'BeginStep', { step, at: new Date().toISOString() });
    const attempt = ledger.migration(name)?.steps[step]?.attempts ?? 1;
    onProgress({ kind: 'begun', step, attempt });
    try {
      const evidence = await stepNamed(step)(context);
      const figures = { ...evidence.figures, lagSamplesMs: await context.lag.take() };
      const at = new Date().toISOString();
      await ledger.execute(name, 'CompleteStep', { step, at, evidence: { ...evidence, figures } });
      return reportDone(ledger.migration(name)!, step, false, onProgress);
    } catch (caught) {
      if (signal.aborted) throw signal.reason;
      const error = toBanyanError(caught);
      // Without data there is nothing to turn back for: everything stays as it is until there is some.
      if (error.code === 'evidence-timeout') throw error;
      if (!(error instanceof Unavailable) || attempt >= limits.attempts) {
        await giveUp(open, step, error, onProgress);
      }
      await hold(step, context, error, onProgress);
    }
  }
}

// Until the service is well again nobody is sent to it; then the step begins anew with evidence of its own.
async function hold(
  step: string,
  context: StepContext,
  error: BanyanError,
  onProgress: OnProgress,
): Promise<void> {
  const { ledger, name } = context;
  await ledger.execute(name, 'HoldStep', { step, reason: error.message });
  await ledger.execute(name, 'SetRouteMode', { mode: { kind: 'owner' }, reason: error.message });
  onProgress({ kind: 'held', step, reason: error.message });
  await awaitService(context);
}

async function giveUp(
  open: OpenMigration,
  step: string,
  error: BanyanError,
  onProgress: OnProgress,
): Promise<never> {
  const began = Object.values(open.ledger.migration(open.name)?.steps ?? {}).some(
    (one) => one.status === 'done',
  );
  await rollBack(open, `${step}: ${error.message}`, onProgress);
  if (!began) throw error;
  throw new Terminal(error.code, `${error.message} The reads are back at the monolith.`, {
    cause: error,
    details: error.details,
  });
}

async function proveAndFinish(open: OpenMigration): Promise<Proof> {
  const { ledger, name, monolith, migration } = open;
  const figures = await measure(monolith, [...(migration.measures ?? []), ...(migration.invariants ?? [])]);
  const measures = migration.measures?.length ?? 0;
  const proof = prove({
    view: ledger.migration(name)!,
    after: figures.slice(0, measures),
    invariants: figures.slice(measures),
    now: new Date(),
  });
  await ledger.execute(name, 'Finish', { proof });
  return proof;
}
