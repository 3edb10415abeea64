import { inTransaction, quoteTable, toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import { rowFence } from '../../fence/fence-statements.ts';
import type { SplitPlan, SplitTable } from '../../plan/split-plan.ts';
import { ask } from '../../sides/run-statements.ts';
import type { Sides } from '../../sides/sides.ts';
import { addPace, createPace, dropPace } from '../pace/pace-statements.ts';
import { asideTable } from './indexes-aside.ts';

/** Rows from which on the target's indexes are made after the copy: below, they cost less than the way there. */
export const asideFromRows = 100_000;

const largeSql = `
  select wanted.quoted from unnest($1::text[]) as wanted(quoted) join pg_class c on c.oid = to_regclass(wanted.quoted)
  where greatest(c.reltuples, pg_stat_get_live_tuples(c.oid)) >= $2`;

/** What can't be made again exactly as it was stays: what others depend on (foreign keys above all), and whatever is set or said of it. */
const indexesSql = `
  select case when con.oid is null then format('drop index %I.%I', n.nspname, ic.relname)
      else format('alter table %s drop constraint %I', $1::text, con.conname) end as "drop",
    case when con.oid is null then pg_get_indexdef(ic.oid)
      else format('alter table %s add constraint %I %s', $1::text, con.conname, pg_get_constraintdef(con.oid)) end as back,
    case when i.indisreplident then format('alter table %s replica identity using index %I', $1::text, ic.relname) end as identity
  from pg_index i
  join pg_class ic on ic.oid = i.indexrelid
  join pg_namespace n on n.oid = ic.relnamespace
  left join pg_constraint con on con.conindid = ic.oid and con.conrelid = i.indrelid and con.contype in ('p', 'u', 'x')
  where i.indrelid = to_regclass($1) and i.indisvalid and not i.indisexclusion and not i.indisclustered and not ic.relispartition
    and ic.reltablespace = 0 and (con.oid is null or ic.reloptions is null)
    and obj_description(ic.oid, 'pg_class') is null and (con.oid is null or obj_description(con.oid, 'pg_constraint') is null)
    and not exists (select from pg_attribute a where a.attrelid = ic.oid and coalesce(a.attstattarget, -1) >= 0)
    and not exists (select from pg_depend d where d.deptype = 'n' and (d.refclassid, d.refobjid) in
      (('pg_class'::regclass, ic.oid), ('pg_constraint'::regclass, con.oid)))
  order by i.indisprimary desc, ic.oid`;

interface Index {
  readonly drop: string;
  readonly back: string;
  readonly identity: string | null;
}

const stateSql = `
  select relispartition as "isPartition", exists (select from only TABLE) as "hasRows" from pg_class where oid = to_regclass($1)`;

/**
 * Takes keys and indexes of the target's large tables away before their rows come, and writes down in the same transaction how to make
 * them again: rows arrive two to three times as fast, and an index is made faster than it grows. Only of tables that are empty and
 * behind our fence. Where the copy is to pause when the source has too much to do, they get the check for that as well. May be repeated.
 */
export async function setIndexesAside(
  sides: Sides,
  plan: SplitPlan,
  { fromRows = asideFromRows, paced = false }: { readonly fromRows?: number; readonly paced?: boolean } = {},
): Promise<void> {
  const { source, target } = sides;
  const quoted = plan.tables.map(({ name }) => quoteTable(name));
  const large = await ask<{ quoted: string }>(source.pool, largeSql, [quoted, fromRows]);
  const names = new Set(large.map((row) => row.quoted));
  const aside = asideTable(plan);
  await ask(target.pool, `create table if not exists ${aside} (name text primary key, back text[] not null)`);
  if (paced) for (const sql of createPace(plan)) await ask(target.pool, sql);
  for (const table of plan.tables)
    if (names.has(quoteTable(table.name))) await setAside(target.pool, plan, table, paced);
}

async function setAside(pool: pg.Pool, plan: SplitPlan, table: SplitTable, paced: boolean): Promise<void> {
  const name = quoteTable(table.name);
  try {
    await inTransaction(pool, async (client) => {
      await client.query("set local lock_timeout = '5s'");
      await client.query(`lock table only ${name} in access exclusive mode`);
      const { rows: states } = await client.query<{ isPartition: boolean; hasRows: boolean }>(
        stateSql.replace('TABLE', name),
        [name],
      );
      const state = states[0];
      if (state === undefined || state.hasRows) return;
      const { rows: indexes } = await client.query<Index>(indexesSql, [name]);
      // A trigger for each inserted row lets rows in one by one; the one for statements refuses whoever inserts here, unless through a parent.
      const isFencedTwice = table.where === undefined && !state.isPartition && (await isFenced(client, name));
      const back = [
        ...(paced ? [dropPace(name)] : []),
        ...indexes.map((one) => one.back),
        ...indexes.flatMap(({ identity }) => identity ?? []),
        ...(isFencedTwice ? [rowFence(plan, table)] : []),
      ];
      const known = await client.query(
        `insert into ${asideTable(plan)} values ($1, $2) on conflict do nothing`,
        [name, back],
      );
      if (known.rowCount === 0) return;
      for (const one of indexes) await client.query(one.drop);
      if (isFencedTwice) await client.query(rowFence(plan, table, 'update or delete'));
      if (paced) await client.query(addPace(plan, name));
    });
  } catch (error) {
    throw toPostgresError(error);
  }
}

async function isFenced(client: pg.ClientBase, name: string): Promise<boolean> {
  const sql = `select from pg_trigger where tgrelid = to_regclass($1) and tgname in ('banyan_fence', 'banyan_fence_rows')`;
  return (await client.query(sql, [name])).rowCount === 2;
}
