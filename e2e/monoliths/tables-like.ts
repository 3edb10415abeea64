import type pg from 'pg';

const typesSql = `
  select distinct format('create type public.%I as enum (%s)', t.typname,
    (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid)) as sql
  from pg_attribute a join pg_type t on t.oid = a.atttypid and t.typtype = 'e'
  where a.attrelid = any ($1::regclass[]) and not a.attisdropped`;

const tablesSql = `
  select format('create table %I.%I (%s)', $2::text, c.relname, string_agg(concat_ws(' ', quote_ident(a.attname),
    case when pg_get_expr(d.adbin, d.adrelid) like 'nextval%' then replace(format_type(a.atttypid, a.atttypmod), 'integer', 'serial')
      else format_type(a.atttypid, a.atttypmod) || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') end,
    case when a.attnotnull then 'not null' end), ', ' order by a.attnum)
    || (select ', ' || string_agg(pg_get_constraintdef(k.oid), ', ') from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')) as sql
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where c.oid = any ($1::regclass[]) group by c.oid, c.relname`;

/** Makes tables like these in a schema of another database, as `pg_dump --schema-only` would: with their types, defaults and keys. */
export async function makeTablesLike(from: pg.Pool, tables: readonly string[], to: pg.Pool, schema: string) {
  const types = await from.query<{ sql: string }>(typesSql, [tables]);
  const made = await from.query<{ sql: string }>(tablesSql, [tables, schema]);
  await to.query(`create schema ${schema}`);
  for (const { sql } of [...types.rows, ...made.rows]) await to.query(sql);
}
