import type { Projection } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier, quoteLiteral } from '../quote-identifier.ts';
import { sequenceShared, tablesMissing, tablesUsed } from './rebuild-errors.ts';

type AnyProjection = Projection<never, pg.PoolClient>;

/** Which of these tables there are in a schema. */
export async function tablesThere(
  client: pg.PoolClient,
  schema: string,
  tables: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = to_regnamespace($1)::oid and relname = any($2) and relkind in ('r', 'p')`,
    [quoteIdentifier(schema), tables],
  );
  return tables.filter((table) => rows.some(({ relname }) => relname === table));
}

/** Makes the schema that the new version is built in, with its empty tables; what an interrupted rebuild left there is dropped. */
export async function makeNextTables(
  client: pg.PoolClient,
  projection: AnyProjection,
  { next, tablesIn }: { readonly next: string; readonly tablesIn: string },
): Promise<void> {
  const { name, tables = [], create } = projection;
  const live = await tablesThere(client, tablesIn, tables);
  await refuseUsed(client, tablesIn, live);
  await client.query(`drop schema if exists ${quoteIdentifier(next)} cascade`);
  await client.query(`create schema ${quoteIdentifier(next)}`);
  await client.query(enterNext({ next, tablesIn }));
  if (create !== undefined) await create(client);
  else for (const table of live) await copyTable(client, table, next, tablesIn);
  const made = await tablesThere(client, next, tables);
  const missing = tables.filter((table) => !made.includes(table));
  if (missing.length > 0) throw tablesMissing(name, missing, create === undefined ? tablesIn : next);
}

/**
 * The statement that lets names without a schema mean the tables of the new version, until the transaction ends, and the disk be waited for by the switch
 * alone: before it nothing counts.
 */
export function enterNext({ next, tablesIn }: { readonly next: string; readonly tablesIn: string }): string {
  const path = quoteLiteral(`${[next, tablesIn].map(quoteIdentifier).join(', ')}, `);
  return `select set_config('search_path', ${path} || current_setting('search_path'), true), set_config('synchronous_commit', 'off', true)`;
}

/** What this transaction has written to beside the tables of the new version, as `schema.table`. */
export async function writtenElsewhere(
  client: pg.PoolClient,
  { next }: { readonly next: string },
): Promise<readonly string[]> {
  // Whoever writes to a table keeps this lock on it until the transaction ends; the counters of pg_stat_xact_all_tables hold more than
  // one transaction.
  const { rows } = await client.query<{ written: string }>(
    `select distinct n.nspname || '.' || c.relname as written
     from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
     where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.mode = 'RowExclusiveLock'
       and l.database = (select oid from pg_database where datname = current_database())
       and c.relkind in ('r', 'p', 'f') and c.relpersistence <> 't'
       and n.nspname not in ($1, 'pg_catalog', 'pg_toast')
     order by written`,
    [next],
  );
  return rows.map(({ written }) => written);
}

async function copyTable(
  client: pg.PoolClient,
  table: string,
  next: string,
  tablesIn: string,
): Promise<void> {
  const [from, to] = [tablesIn, next].map((schema) => `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`);
  const serial = await client.query(
    `select 1 from pg_depend where refobjid = $1::regclass and deptype = 'a'
     and classid = 'pg_class'::regclass and objid in (select oid from pg_class where relkind = 'S')`,
    [from],
  );
  if (serial.rows.length > 0) throw sequenceShared(table);
  await client.query(`create table ${to} (like ${from} including all)`);
}

/** Views and foreign keys keep to the table that they were made for, whatever it is called. */
async function refuseUsed(client: pg.PoolClient, tablesIn: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rows } = await client.query<{ used_by: string }>(
      `select distinct 'the view ' || r.ev_class::regclass as used_by from pg_depend d join pg_rewrite r on r.oid = d.objid
         where d.refobjid = $1::regclass and d.classid = 'pg_rewrite'::regclass and r.ev_class <> d.refobjid
       union select 'the foreign key ' || conname || ' of ' || conrelid::regclass from pg_constraint
         where contype = 'f' and confrelid = $1::regclass and conrelid <> confrelid and conparentid = 0
           and not (conrelid::regclass::text = any($2))`,
      [`${quoteIdentifier(tablesIn)}.${quoteIdentifier(table)}`, tables],
    );
    if (rows.length > 0)
      throw tablesUsed(
        table,
        rows.map(({ used_by }) => used_by),
      );
  }
}
