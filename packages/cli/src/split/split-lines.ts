import type { BridgeUse, FeedState, TableCopy } from '@banyan/split';
import pc from 'picocolors';
import type { SplitView } from '../ledger/splits/split-view.ts';
import { tableLines } from '../terminal/table.ts';
import { bridgeLines } from './bridge-lines.ts';
import { splitSteps } from './run-split.ts';

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
}

/** The status of a split as lines for a person. Pure. */
export function statusLines({ split, view, feeds, tables, refused, bridge }: SplitStatus): string[] {
  const owner = view.owner === 'source' ? 'the monolith' : `the service ${view.plan?.service}`;
  const steps = splitSteps.map((step) => {
    const state = view.steps[step];
    return `  ${(state?.status ?? 'waiting').padEnd(8)} ${step.padEnd(12)} ${state?.evidence?.summary ?? ''}`.trimEnd();
  });
  const under = view.change === undefined ? [] : [`  the owner is being changed to the ${view.change.to}`];
  return [
    `${pc.bold(split)}: ${view.status}; ${owner} owns the tables`,
    ...steps,
    ...under,
    ...(['target', 'source'] as const).flatMap((into) => feedLines(into, feeds[into])),
    ...(['source', 'target'] as const).flatMap((side) =>
      refused[side] === 0 ? [] : [`  ${count(refused[side])} writes refused at the ${side}`],
    ),
    ...(bridge === undefined ? [] : bridgeLines(bridge)),
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

function feedLines(into: string, feed: FeedState): string[] {
  if (!feed.publication && !feed.slot && !feed.subscription) return [];
  if (feed.slotStatus === 'lost' || !feed.slot) {
    const why = feed.slot ? 'the server gave up its log (max_slot_wal_keep_size)' : 'its slot is gone';
    return [
      `  feed into the ${into} is broken, because ${why}: abort the split, or go on from the other side`,
    ];
  }
  // While large tables are copied it is disabled; where the process died that was to enable it, it stays so.
  const rests =
    feed.ready < feed.tables ? 'rests until banyan split run has copied large tables' : 'does not run';
  const how = feed.running ? 'runs' : rests;
  const errors = feed.error === undefined ? counted(feed.errors) : `; ${feed.error}`;
  const kept = `${(feed.retainedBytes / 1e6).toFixed(1)} MB of log kept for it`;
  const tables = feed.ready === feed.tables ? '' : ` with ${feed.ready} of ${feed.tables} tables so far`;
  return [`  feed into the ${into} ${how}${tables}, ${kept}${errors}`];
}

function counted(errors: number): string {
  return errors === 0 ? '' : `, ${errors} errors`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
