import { quoteTable } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type { SplitTable } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Side } from '../sides/sides.ts';

/** What of a table is compared, and by what its rows are named. */
export interface ComparedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly { readonly name: string; readonly type: string }[];
  /** The rows that are compared, as a condition; all where absent. */
  readonly where?: string;
}

const columnsSql = `
  select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
    coalesce(array_position(k.indkey::int2[], a.attnum), -1) as place
  from pg_attribute a
  left join lateral (
    select i.indkey from pg_index i, pg_class c
    where i.indrelid = a.attrelid and c.oid = a.attrelid and i.indisvalid and i.indimmediate
      and case c.relreplident when 'i' then i.indisreplident else i.indisprimary end limit 1) k on true
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  order by a.attnum`;

/** Reads a table's columns and its key. @throws Invalid `table-without-key` */
export async function comparedTable(
  { pool }: Pick<Side, 'pool'>,
  { name, columns, where }: SplitTable,
): Promise<ComparedTable> {
  const rows = await ask<{ name: string; type: string; place: number }>(pool, columnsSql, [quoteTable(name)]);
  const key = rows.filter(({ place }) => place >= 0).sort((a, b) => a.place - b.place);
  if (key.length === 0) {
    throw new Invalid(
      'table-without-key',
      `${name} has no key by which its rows could be compared: add a primary key.`,
    );
  }
  return {
    name,
    columns: rows
      .map((one) => one.name)
      .filter((column) => columns === undefined || columns.includes(column)),
    key: key.map((one) => ({ name: one.name, type: one.type })),
    ...(where === undefined ? {} : { where }),
  };
}
