import { quoteTable } from '@banyan/postgres';
import { feedName } from '../plan/names.ts';
import { type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { translatedState } from '../translated/translated-state.ts';

/** How far the copy of one table is. */
export interface TableCopy {
  readonly table: string;
  readonly state: 'waiting' | 'copying' | 'catching up' | 'following';
  /** Rows so far; of a table that is copied, what its statistics say. */
  readonly rows: number;
  readonly bytes: number;
  /** What the source's statistics say that there is. */
  readonly totalRows: number;
  readonly totalBytes: number;
}

const sizesSql = `
  select wanted.name as table, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid))::float8 as rows, pg_table_size(c.oid)::float8 as bytes
  from unnest($1::text[], $2::text[]) as wanted(name, quoted) join pg_class c on c.oid = to_regclass(wanted.quoted)`;

const progressSql = `
  select wanted.name as table, r.srsubstate as state, coalesce(p.tuples_processed, 0)::float8 as rows,
    coalesce(p.bytes_processed, 0)::float8 as bytes
  from unnest($2::text[], $3::text[]) as wanted(name, quoted)
  left join pg_subscription s on s.subname = $1 and s.subdbid = (select oid from pg_database where datname = current_database())
  left join pg_subscription_rel r on r.srsubid = s.oid and r.srrelid = to_regclass(wanted.quoted)
  left join pg_stat_progress_copy p on p.relid = to_regclass(wanted.quoted) and p.datname = current_database()
    and p.command = 'COPY FROM'`;

const states: Readonly<Record<string, TableCopy['state']>> = {
  d: 'copying',
  f: 'catching up',
  s: 'catching up',
  r: 'following',
};

/** How far the copy into the target is, by table. */
export async function copyProgress(sides: Sides, plan: SplitPlan): Promise<TableCopy[]> {
  if (plan.reshaped !== undefined) return translatedProgress(sides, plan);
  const names = plan.tables.map(({ name }) => name);
  const quoted = names.map(quoteTable);
  const [sizes, progress] = await Promise.all([
    ask<{ table: string; rows: number; bytes: number }>(sides.source.pool, sizesSql, [names, quoted]),
    ask<{ table: string; state: string | null; rows: number; bytes: number }>(
      sides.target.pool,
      progressSql,
      [feedName(plan, 'target'), names, quoted],
    ),
  ]);
  return progress.map(({ table, state, rows, bytes }) => {
    const size = sizes.find((one) => one.table === table) ?? { rows: 0, bytes: 0 };
    const copied = state === 'f' || state === 's' || state === 'r';
    return {
      table,
      state: states[state ?? ''] ?? 'waiting',
      rows: copied ? size.rows : rows,
      bytes: copied ? size.bytes : bytes,
      totalRows: size.rows,
      totalBytes: size.bytes,
    };
  });
}

/** How many rows there will be of another shape nobody knows before. */
async function translatedProgress(sides: Sides, plan: SplitPlan): Promise<TableCopy[]> {
  const names = tablesAt(plan, 'target').map(({ name }) => name);
  type Size = { table: string; rows: number; bytes: number };
  const [{ subscription, ready }, sizes] = await Promise.all([
    translatedState(sides, plan, 'target'),
    ask<Size>(sides.target.pool, sizesSql, [names, names.map(quoteTable)]),
  ]);
  const state = ready > 0 ? 'following' : subscription ? 'copying' : 'waiting';
  return sizes.map(({ table, rows, bytes }) => ({
    table,
    state,
    rows,
    bytes,
    totalRows: rows,
    totalBytes: bytes,
  }));
}

/** The copy as one sentence, with the time that is left at the speed so far. Pure. */
export function describeCopy(tables: readonly TableCopy[], elapsedMs: number): string {
  const sum = (value: (one: TableCopy) => number) => tables.reduce((total, one) => total + value(one), 0);
  const done = tables.filter(({ state }) => state === 'following').length;
  const [rows, bytes, totalBytes] = [
    sum((one) => one.rows),
    sum((one) => one.bytes),
    sum((one) => one.totalBytes),
  ];
  const leftMs = bytes > 0 ? (elapsedMs * Math.max(0, totalBytes - bytes)) / bytes : 0;
  const left = leftMs > 0 ? `, about ${Math.ceil(leftMs / 1000)} s left` : '';
  const megabytes = (value: number) => (value / 1e6).toFixed(1);
  return (
    `${done} of ${tables.length} tables follow, ${Math.round(rows).toLocaleString('en-US')} rows, ` +
    `${megabytes(bytes)} of about ${megabytes(totalBytes)} MB${left}`
  );
}
