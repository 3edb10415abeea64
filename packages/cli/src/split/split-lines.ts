import type { BridgeUse, FeedState, OpenAnswer, OpenSaga, TableCopy } from '@banyan/split';
import pc from 'picocolors';
import type { SplitView } from '../ledger/splits/split-view.ts';
import { tableLines } from '../terminal/table.ts';
import { bridgeLines } from './bridge-lines.ts';
import type { KeptCopy } from './kept-copies.ts';
import { splitSteps } from './split-steps.ts';

/** What `banyan split status` finds. */
export interface SplitStatus {
  readonly split: string;
  readonly view: SplitView;
  /** What the catalogues say, by the side that the feed leads into. */
  readonly feeds: Readonly<Record<'source' | 'target', FeedState>>;
  /** How far the copy is; none once the service owns the tables. */
  readonly tables: readonly TableCopy[];
  /** Writes that were refused since the split began, by the side that they came to. */
  readonly refused: Readonly<Record<'source' | 'target', number>>;
  /** Who uses the old names still, while they lead over a bridge. */
  readonly bridge?: BridgeUse;
  /** How long a change took into a copy that is followed. */
  readonly lag?: { readonly ms: number } | { readonly moreThanMs: number };
  /** The answers to what crosses the seam that are carried out by copies. */
  readonly copies: readonly KeptCopy[];
  /** Those that nobody has carried out. */
  readonly answers: readonly OpenAnswer[];
  /** Of each transaction that a saga stands for, what still waits for the other side. */
  readonly sagas: readonly OpenSaga[];
}

/** The status of a split as lines for a person. Pure. */
export function statusLines(status: SplitStatus): string[] {
  const { split, view, feeds, tables, refused, bridge, lag, copies, answers, sagas } = status;
  const owner = view.owner === 'source' ? 'the monolith' : `the service ${view.plan?.service}`;
  const what = isCopy(view) ? `a copy for the service ${view.plan?.service}; ` : '';
  const steps = splitSteps.map((step) => {
    const state = view.steps[step];
    return `  ${(state?.status ?? 'waiting').padEnd(8)} ${step.padEnd(12)} ${state?.evidence?.summary ?? ''}`.trimEnd();
  });
  const under = view.change === undefined ? [] : [`  the owner is being changed to the ${view.change.to}`];
  return [
    `${pc.bold(split)}: ${view.status}; ${what}${owner} owns the tables`,
    ...steps,
    ...under,
    ...(['target', 'source'] as const).flatMap((into) => feedLines(into, feeds[into], isCopy(view))),
    ...(lag === undefined ? [] : [lagLine(lag)]),
    ...(['source', 'target'] as const).flatMap((side) =>
      refused[side] === 0 ? [] : [`  ${count(refused[side])} writes refused at the ${side}`],
    ),
    ...(bridge === undefined ? [] : bridgeLines(bridge)),
    ...copies.map(keptCopyLine),
    ...answers.map(openAnswerLine),
    ...sagas.map(sagaLine),
    ...copyLines(tables),
  ];
}

function copyLines(tables: readonly TableCopy[]): readonly string[] {
  if (tables.length === 0) return [];
  return tableLines(
    [
      { title: 'TABLE' },
      { title: 'STATE' },
      { title: 'ROWS', right: true },
      { title: 'OF ABOUT', right: true },
    ],
    tables.map((one) => [one.table, one.state, count(one.rows), count(one.totalRows)]),
  );
}

function isCopy({ plan }: SplitView): boolean {
  return plan?.keep === 'copy';
}

function lagLine(lag: NonNullable<SplitStatus['lag']>): string {
  return 'ms' in lag
    ? `  a change arrives after ${count(lag.ms)} ms`
    : `  a change did not arrive within ${count(lag.moreThanMs)} ms`;
}

function keptCopyLine({ table, answer, split, state }: KeptCopy): string {
  const found = {
    missing: `no split keeps a copy of it: banyan split plan says how`,
    planned: `its copy was not begun: banyan split run ${split}`,
    begun: `is being copied by the split ${split}`,
    stands: `its copy gets no changes: banyan split status ${split}`,
    followed: `is followed by the split ${split}`,
  };
  const sign = state === 'followed' ? pc.green('✓') : pc.yellow('!');
  return `  ${sign} ${table} (${answer}) ${found[state]}`;
}

function openAnswerLine({ kind, name, answer, tables }: OpenAnswer): string {
  return `  ${pc.yellow('!')} ${name} (${kind}: ${answer}) still reaches ${tables.join(', ')}`;
}

function sagaLine(saga: OpenSaga): string {
  const what = `${saga.table} (transactions: saga)`;
  if ('why' in saga) return `  ${pc.yellow('!')} ${what} can't be counted: ${saga.why}`;
  if (saga.rows === 0) return `  ${pc.green('✓')} ${what} has no row with ${saga.open}`;
  const rows = `${saga.more ? 'more than ' : ''}${count(saga.rows)} ${saga.rows === 1 ? 'row' : 'rows'}`;
  return `  ${pc.yellow('!')} ${what} has ${rows} with ${saga.open}`;
}

function feedLines(into: string, feed: FeedState, isCopy: boolean): string[] {
  if (!feed.publication && !feed.slot && !feed.subscription) return [];
  if (feed.slotStatus === 'lost' || !feed.slot) {
    const why = feed.slot ? 'the server gave up its log (max_slot_wal_keep_size)' : 'its slot is gone';
    const next = isCopy
      ? 'abort the split and run it again'
      : 'abort the split, or go on from the other side';
    return [`  feed into the ${into} is broken, because ${why}: ${next}`];
  }
  // While large tables are copied it is disabled; where the process died that was to enable it, it stays so.
  const rests =
    feed.ready < feed.tables ? 'rests until banyan split run has copied large tables' : 'does not run';
  const how = feed.running ? 'runs' : rests;
  const errors = feed.error === undefined ? counted(feed.errors, into) : `; ${feed.error}`;
  const kept = `${(feed.retainedBytes / 1e6).toFixed(1)} MB of log kept for it`;
  const tables = feed.ready === feed.tables ? '' : ` with ${feed.ready} of ${feed.tables} tables so far`;
  return [`  feed into the ${into} ${how}${tables}, ${kept}${errors}`];
}

/** Of the errors of its own replication a server keeps a number only. */
function counted(errors: number, into: string): string {
  if (errors === 0) return '';
  return `, ${count(errors)} ${errors === 1 ? 'error' : 'errors'} so far; the log of the ${into}'s server says why`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
