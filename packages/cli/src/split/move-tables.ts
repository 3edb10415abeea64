import {
  comparePart,
  enterPart,
  leavePart,
  type PartComparison,
  partState,
  type TablesVerification,
} from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import type { StepEvidence } from '../ledger/plan.ts';
import { figure } from '../migrate/steps/verify.ts';
import { abortSplit } from './abort-split.ts';
import { type OpenSplit, openSplit } from './open-split.ts';
import { partOf } from './part-of.ts';
import type { OnSplitProgress } from './progress.ts';
import { runSplit } from './run-split.ts';
import { settleSwitch, switchOwner } from './switch-owner.ts';
import { verifySplit } from './verify-split.ts';

/** What tables are moved with. */
export interface MoveTablesOptions {
  readonly config: BanyanConfig;
  /** The split, as the configuration names it. */
  readonly name: string;
  readonly onProgress: OnSplitProgress;
  readonly signal: AbortSignal;
  /** Awaited once the service owns the tables and before they are compared for the last time: for users to work with it. */
  readonly beforeProof?: () => Promise<void>;
}

/** What was found once the service owned the tables. */
export interface MovedTables {
  readonly rows: Omit<TablesVerification, 'samples'>;
  /** Of the table that was made two, where the split parts one. */
  readonly part?: PartComparison;
  /** How long nobody could write when the owner was changed last, in milliseconds; absent where a process was killed in it. */
  readonly pauseMs?: number;
}

/**
 * Takes a split all the way: parts the table, copies, follows, compares, gives the tables to the service, and compares once more. Goes on
 * where an earlier process was killed; what is done is not done again.
 */
export async function moveTables(options: MoveTablesOptions): Promise<MovedTables> {
  const { config, name, onProgress, signal } = options;
  await using open = await openSplit(config, name);
  const step = stepTeller(onProgress);
  await settleSwitch(open, (text) => onProgress({ kind: 'progress', step: 'moved', text }));
  if (open.split.part !== undefined) await step('parted', () => parted(open, options));
  await runSplit(open, onProgress, signal);
  await step('moved', () => moved(open, options));
  await options.beforeProof?.();
  const { samples: _samples, ...rows } = await verifySplit(open, { signal, again: true });
  const { source } = open.sides;
  const part =
    open.split.part === undefined ? undefined : await comparePart(source.pool, partOf(config, name));
  const pauseMs = open.ledger.split(name)?.changes.findLast(({ to }) => to === 'target')?.figures?.pauseMs;
  return { rows, ...(part === undefined ? {} : { part }), ...(pauseMs === undefined ? {} : { pauseMs }) };
}

type Step = Omit<StepEvidence, 'earlier'> & { readonly earlier: boolean };

function stepTeller(onProgress: OnSplitProgress) {
  return async (step: string, work: () => Promise<Step>) => {
    onProgress({ kind: 'begun', step, text: '' });
    const { earlier, ...evidence } = await work();
    onProgress({ kind: 'done', step, evidence, earlier });
  };
}

async function parted(
  open: OpenSplit,
  { config, name, onProgress, signal }: MoveTablesOptions,
): Promise<Step> {
  const part = partOf(config, name);
  const { pool } = open.sides.source;
  const earlier = (await partState(pool, part)) === 'done';
  const told = (rows: number) =>
    onProgress({ kind: 'progress', step: 'parted', text: `${rows} rows of ${part.into}` });
  if (!earlier) await enterPart(pool, part, { onProgress: told, signal });
  const { compared, different } = await comparePart(pool, part);
  const summary = `${part.into} is made of columns of ${part.from} and kept alike: ${figure(compared)} rows compared, ${figure(different)} different`;
  return { summary, figures: { compared, different }, earlier };
}

async function moved(open: OpenSplit, { name, onProgress, signal }: MoveTablesOptions): Promise<Step> {
  const earlier = open.ledger.split(name)?.owner === 'target';
  const tell = (text: string) => onProgress({ kind: 'progress', step: 'moved', text });
  const done = earlier ? undefined : await switchOwner(open, 'target', tell, { signal });
  const pause = Math.round(done?.figures?.pauseMs ?? 0);
  const how = earlier ? '' : `; its writers waited for ${pause} ms`;
  const service = open.split.service;
  const tables = open.plan.tables.map((table) => table.name).join(', ');
  return { summary: `${tables} belongs to ${service} now${how}`, figures: done?.figures ?? {}, earlier };
}

/**
 * Puts everything back as it was before: gives the tables back to the monolith, aborts the split, and makes the parted table one again.
 * @returns Whether there was anything to put back.
 */
export async function returnTables({
  config,
  name,
  onProgress,
  signal,
}: MoveTablesOptions): Promise<boolean> {
  await using open = await openSplit(config, name);
  const tell = (text: string) => onProgress({ kind: 'progress', step: 'returned', text });
  await settleSwitch(open, tell);
  if (open.ledger.split(name)?.owner === 'target') await switchOwner(open, 'source', tell, { signal });
  const { aborted } = await abortSplit(open, 'put back');
  const left =
    open.split.part !== undefined && (await leavePart(open.sides.source.pool, partOf(config, name)));
  return aborted || left;
}
