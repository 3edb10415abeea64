import { quoteTable } from '@banyan/postgres';
import type pg from 'pg';
import { ask } from '../sides/run-statements.ts';

const rowsSql = `
  select coalesce(sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)), 0)::float8 as rows
  from unnest($1::text[]) as wanted(quoted) join pg_class c on c.oid = to_regclass(wanted.quoted)`;

/** How many rows the server believes to be in these tables, `schema.table`, without counting them. */
export async function aboutRows(pool: pg.Pool, tables: readonly string[]): Promise<number> {
  const [known] = await ask<{ rows: number }>(pool, rowsSql, [tables.map(quoteTable)]);
  return known!.rows;
}
