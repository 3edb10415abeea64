import { quoteTable } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type pg from 'pg';
import type { SeamKey } from '../seam-key.ts';
import type { SeamStage } from './seam-stage.ts';
import type { StagedKey, StagedTable, StageFacts } from './stage-statements.ts';

const existingSql = `
  select to_regnamespace(quote_ident($1)) is not null as schema, to_regrole(quote_ident($2)) is not null as role`;

const grantsOf = (acl: string, column: string) => `
  select a.grantee, a.privilege_type || ${column} as what, a.is_grantable from aclexplode(${acl}) a where a.grantee <> c.relowner`;

/** A right on a column names it. */
const tablesSql = `
  select wanted.name, pg_get_userbyid(c.relowner)::text as owner,
    (select coalesce(json_agg(json_build_object('role', coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'public'), 'what', g.what,
       'withGrant', g.is_grantable) order by g.what), '[]')
     from (${grantsOf('c.relacl', "''")} union all select g.* from pg_attribute t, lateral (${grantsOf(
       't.attacl',
       "' (' || quote_ident(t.attname) || ')'",
     )}) g where t.attrelid = c.oid) g where g.what not like 'TRUNCATE%' and g.what not like 'MAINTAIN%') as grants
  from unnest($1::text[], $2::text[]) with ordinality as wanted(name, quoted, place)
  join pg_class c on c.oid = to_regclass(wanted.quoted) and c.relkind = 'r' order by wanted.place`;

const keysSql = `
  select key.table, k.conname::text as constraint, pg_get_constraintdef(k.oid) as definition, k.convalidated as validated,
    obj_description(k.oid, 'pg_constraint') as comment
  from pg_constraint k, lateral (select n.nspname || '.' || c.relname as table from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where c.oid = k.conrelid) key
  where k.contype = 'f' and key.table || '.' || k.conname = any ($1) order by 1, 2`;

/**
 * Reads what the catalogue says of a stage's tables and keys. The session has no search path, so that every name is written in full.
 * @throws Invalid `schema-exists`, `table-missing`
 */
export async function readStageFacts(client: pg.ClientBase, stage: SeamStage): Promise<StageFacts> {
  const { rows: existing } = await client.query<{ schema: boolean; role: boolean }>(existingSql, [
    stage.schema,
    stage.role ?? '',
  ]);
  if (existing[0]!.schema)
    throw new Invalid(
      'schema-exists',
      `The source has a schema ${stage.schema} already. Name another for the stage: taking it back drops the schema.`,
    );
  const { rows: tables } = await client.query<StagedTable>(tablesSql, [
    stage.tables,
    stage.tables.map(quoteTable),
  ]);
  const missing = stage.tables.filter((name) => !tables.some((table) => table.name === name));
  if (missing.length > 0)
    throw new Invalid(
      'table-missing',
      `The source has no table ${missing.join(', ')}: correct the configuration.`,
    );
  const { rows: foreignKeys } = await client.query<StagedKey>(keysSql, [stage.foreignKeys]);
  return { roleExists: existing[0]!.role, tables, foreignKeys };
}

/** The keys as they will be named in their new schema. */
export function movedKeys(stage: SeamStage, keys: readonly SeamKey[]): readonly SeamKey[] {
  const moved = (table: string) =>
    stage.tables.includes(table) ? `${stage.schema}.${table.slice(table.indexOf('.') + 1)}` : table;
  return keys.map(({ name, child, parent }) => ({
    name,
    child: { ...child, table: moved(child.table) },
    parent: { ...parent, table: moved(parent.table) },
  }));
}
