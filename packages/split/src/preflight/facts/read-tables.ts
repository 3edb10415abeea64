import { quoteTable } from '@banyan/postgres';
import type { SplitTable } from '../../plan/split-plan.ts';
import type { Ask } from './session.ts';
import type { ColumnFacts, TableFacts, TriggerFacts, TypeFacts } from './table-facts.ts';

/** `schema.table` of an oid. */
const nameOf = (oid: string) =>
  `(select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;

const tablesSql = `
  select wanted.name, c.oid::text as oid, c.relkind as kind, pg_get_userbyid(c.relowner)::text as owner,
    pg_has_role(c.relowner, 'usage') as "isOwner",
    case when c.relforcerowsecurity then 'forced' when c.relrowsecurity then 'on' else 'none' end as "rowSecurity",
    array(select p.polname::text from pg_policy p where p.polrelid = c.oid order by 1) as policies,
    (select ${nameOf('i.inhparent')} from pg_inherits i where i.inhrelid = c.oid limit 1) as parent,
    c.relispartition as "isPartition",
    array(select ${nameOf('i.inhrelid')} from pg_inherits i where i.inhparent = c.oid order by 1) as children,
    array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
      where i.indrelid = c.oid and i.indisvalid and i.indimmediate
        and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident else false end order by 1)
      as identity,
    (select coalesce(json_agg(array(select a.attname from pg_attribute a
       where a.attrelid = c.oid and a.attnum = any (i.indkey) order by a.attname)), '[]')
     from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null
       and i.indexprs is null and not exists (select from pg_attribute a
         where a.attrelid = c.oid and a.attnum = any (i.indkey) and not a.attnotnull)) as keys,
    array(select r.rulename::text from pg_rewrite r where r.ev_class = c.oid and r.rulename <> '_RETURN' order by 1)
      as "rewriteRules",
    array(select p.pubname::text from pg_publication_tables p where (p.schemaname, p.tablename) = (n.nspname, c.relname)
      order by 1) as publications,
    array(select distinct coalesce(pg_get_userbyid(nullif(a.grantee, 0))::text, 'public')
      from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
      where a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE') order by 1) as writers,
    pg_relation_size(c.oid)::float8 as bytes,
    case when c.reltoastrelid = 0 then 0 else pg_total_relation_size(c.reltoastrelid)::float8 end as "longBytes",
    pg_indexes_size(c.oid)::float8 as "indexBytes", c.reltuples::float8 as rows,
    array(select distinct e.extname::text from pg_depend d
      join pg_depend m on m.classid = d.refclassid and m.objid = d.refobjid and m.deptype = 'e'
      join pg_extension e on e.oid = m.refobjid
      where (d.classid, d.objid) in (
        select 'pg_class'::regclass, i.indexrelid from pg_index i where i.indrelid = c.oid
        union all select 'pg_class'::regclass, c.oid
        union all select 'pg_attrdef'::regclass, a.oid from pg_attrdef a where a.adrelid = c.oid
        union all select 'pg_constraint'::regclass, k.oid from pg_constraint k where k.conrelid = c.oid)
      order by 1) as extensions
  from unnest($1::text[], $2::text[]) as wanted(name, quoted)
  join pg_class c on c.oid = to_regclass(wanted.quoted)
  join pg_namespace n on n.oid = c.relnamespace
  order by wanted.name`;

/** A default that takes numbers from a sequence depends on it; an identity owns its sequence. */
const columnsSql = `
  select a.attrelid::text as oid, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as "notNull",
    case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' else 'no' end as generated,
    a.attidentity <> '' as "isIdentity", a.attidentity = 'a' as "isAlwaysGiven",
    pg_get_expr(d.adbin, d.adrelid) as default,
    (select json_build_object('name', ${nameOf('s.oid')},
       'isOwned', exists (select from pg_depend o where o.objid = s.oid and o.refobjid = c.oid
         and o.refobjsubid = a.attnum and o.deptype in ('a', 'i')),
       'alsoUsedBy', array(select distinct ${nameOf('od.adrelid')} from pg_attrdef od
         join pg_depend u on u.classid = 'pg_attrdef'::regclass and u.objid = od.oid
         where u.refobjid = s.oid and od.adrelid <> c.oid order by 1))
     from pg_class s where s.relkind = 'S' and s.oid in (
       select o.objid from pg_depend o where o.refobjid = c.oid and o.refobjsubid = a.attnum and o.deptype = 'i'
       union all select u.refobjid from pg_depend u where u.classid = 'pg_attrdef'::regclass and u.objid = d.oid)
     limit 1) as sequence,
    (select cn.nspname || '.' || l.collname from pg_collation l join pg_namespace cn on cn.oid = l.collnamespace
     where l.oid = a.attcollation and a.attcollation <> t.typcollation) as collation,
    a.atttypid = 'oid'::regtype or t.typname = 'lo' and t.typbasetype = 'oid'::regtype as "holdsLargeObject"
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = any ($1::oid[]) and a.attnum > 0 and not a.attisdropped
  order by a.attrelid, a.attnum`;

const triggersSql = `
  select t.tgrelid::text as oid, t.tgname::text as name, t.tgfoid::regprocedure::text as function,
    t.tgenabled as enabled, pg_get_triggerdef(t.oid) as definition
  from pg_trigger t where t.tgrelid = any ($1::oid[]) and not t.tgisinternal order by t.tgname`;

/** Everything about these tables, where they exist; whether they have rows, of those that move there. */
export async function readTables(
  ask: Ask,
  names: readonly string[],
  moved: readonly SplitTable[] = [],
): Promise<readonly TableFacts[]> {
  type Row = Omit<TableFacts, 'columns' | 'triggers' | 'hasRows'> & { oid: string };
  const tables = await ask<Row>(tablesSql, [names, names.map(quoteTable)]);
  const oids = tables.map(({ oid }) => oid);
  const columns = await ask<ColumnFacts & { oid: string }>(columnsSql, [oids]);
  const triggers = await ask<TriggerFacts & { oid: string }>(triggersSql, [oids]);
  const found: TableFacts[] = [];
  for (const { oid, ...table } of tables) {
    found.push({
      ...table,
      columns: columns.filter((each) => each.oid === oid).map(({ oid: _, ...column }) => column),
      triggers: triggers.filter((each) => each.oid === oid).map(({ oid: _, ...trigger }) => trigger),
      hasRows: await hasRows(
        ask,
        moved.find(({ name }) => name === table.name),
      ),
    });
  }
  return found;
}

async function hasRows(ask: Ask, moved: SplitTable | undefined): Promise<boolean> {
  if (moved === undefined) return false;
  const { name: table, where = 'true' } = moved;
  const [readable] = await ask<{ yes: boolean }>(`select has_table_privilege($1, 'select') as yes`, [
    quoteTable(table),
  ]);
  if (readable?.yes !== true) return false;
  const [row] = await ask<{ yes: boolean }>(
    `select exists (select from ${quoteTable(table)} where (${where})) as yes`,
  );
  return row!.yes;
}

/** Types of the columns, of the elements of arrays, and what domains are made from. */
const typesOfSql = `
  with recursive needed(oid) as (
    select a.atttypid from pg_attribute a
    where a.attrelid = any (select to_regclass(quoted) from unnest($1::text[]) quoted) and a.attnum > 0 and not a.attisdropped
    union
    select other from needed join pg_type t on t.oid = needed.oid
      left join pg_range g on g.rngtypid = t.oid
      left join pg_attribute f on f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped,
      unnest(array[t.typelem, t.typbasetype, g.rngsubtype, f.atttypid]) other
    where other <> 0)
  select format_type(t.oid, null) as name from needed join pg_type t on t.oid = needed.oid
    join pg_namespace n on n.oid = t.typnamespace
  where n.nspname not in ('pg_catalog', 'information_schema') and t.typcategory <> 'A'
  order by 1`;

const typesSql = `
  select wanted.name, t.typtype as kind,
    (select e.extname::text from pg_depend d join pg_extension e on e.oid = d.refobjid
     where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e') as extension,
    array(select l.enumlabel::text from pg_enum l where l.enumtypid = t.oid order by l.enumsortorder) as labels
  from unnest($1::text[]) as wanted(name) join pg_type t on t.oid = to_regtype(wanted.name)
  order by 1`;

/** The names of the types that the columns of these tables need, without those that every server has. */
export async function neededTypes(ask: Ask, tables: readonly string[]): Promise<readonly string[]> {
  const rows = await ask<{ name: string }>(typesOfSql, [tables.map(quoteTable)]);
  return rows.map(({ name }) => name);
}

/** These types, where they exist. */
export async function readTypes(ask: Ask, names: readonly string[]): Promise<readonly TypeFacts[]> {
  return ask<TypeFacts>(typesSql, [names]);
}
