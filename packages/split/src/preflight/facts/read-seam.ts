import type { Observed } from './observed.ts';
import type {
  ForeignKeyFacts,
  FunctionFacts,
  KnownTable,
  SeamFacts,
  SeamTrigger,
  ViewFacts,
} from './seam-facts.ts';
import type { Ask } from './session.ts';

const own = (oid: string, catalogue: string) => `not exists (select from pg_depend x
  where x.objid = ${oid} and x.classid = '${catalogue}'::regclass and x.deptype = 'e')`;
const notOfTheServer = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`;
const fullName = (oid: string) =>
  `(select yn.nspname || '.' || y.relname from pg_class y join pg_namespace yn on yn.oid = y.relnamespace where y.oid = ${oid})`;
const columnsOf = (table: string, numbers: string) => `array(select a.attname::text
  from unnest(${numbers}) with ordinality u(number, place) join pg_attribute a on a.attrelid = ${table} and a.attnum = u.number
  order by u.place)`;

const tablesSql = `
  select n.nspname || '.' || c.relname as name, greatest(c.reltuples, s.n_live_tup, 0)::float8 as rows,
    coalesce(s.n_tup_upd + s.n_tup_del, 0)::float8 as changed,
    array(select distinct ${fullName('k.conrelid')} from pg_constraint k
      where k.contype = 'f' and k.confrelid = c.oid and k.conrelid <> c.oid order by 1) as "referencedBy"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_stat_user_tables s on s.relid = c.oid
  where c.relkind in ('r', 'p', 'f') and ${notOfTheServer} and ${own('c.oid', 'pg_class')} order by 1`;

const foreignKeysSql = `
  select ${fullName('k.conrelid')} || '.' || k.conname as name, ${fullName('k.conrelid')} as from, ${fullName('k.confrelid')} as to,
    ${columnsOf('k.conrelid', 'k.conkey')} as columns, ${columnsOf('k.confrelid', 'k.confkey')} as referenced,
    k.confdeltype as "onDelete", pg_get_constraintdef(k.oid) as definition
  from pg_constraint k where k.contype = 'f' and k.conparentid = 0
    and (${fullName('k.conrelid')} = any ($1)) <> (${fullName('k.confrelid')} = any ($1)) order by 1`;

const viewsSql = `
  with recursive reads(view, relation) as (
    select r.ev_class, d.refobjid from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class and r.rulename = '_RETURN'
    union
    select a.view, b.relation from reads a join (
      select r.ev_class as view, d.refobjid as relation
      from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      where d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class and r.rulename = '_RETURN') b on b.view = a.relation)
  select n.nspname || '.' || c.relname as name, c.relkind = 'm' as "isMaterialized",
    array_agg(distinct ${fullName('t.oid')} order by ${fullName('t.oid')}) as tables
  from reads join pg_class c on c.oid = reads.view join pg_namespace n on n.oid = c.relnamespace
    join pg_class t on t.oid = reads.relation and t.relkind in ('r', 'p', 'f')
  where c.relkind in ('v', 'm') and ${notOfTheServer} and ${own('c.oid', 'pg_class')}
  group by 1, 2 having bool_or(${fullName('t.oid')} = any ($1)) order by 1`;

const functionsSql = `
  select p.oid::regprocedure::text as name, l.lanname::text as language, pg_get_functiondef(p.oid) as definition,
    coalesce(nullif(p.prosrc, ''), pg_get_functiondef(p.oid)) as source, p.prorettype = 'trigger'::regtype as "isTrigger"
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where p.prokind in ('f', 'p') and l.lanname not in ('c', 'internal') and ${notOfTheServer}
    and n.nspname !~ '^banyan_' and ${own('p.oid', 'pg_proc')} order by 1`;

const triggersSql = `
  select ${fullName('t.tgrelid')} || '.' || t.tgname as name, ${fullName('t.tgrelid')} as table,
    t.tgfoid::regprocedure::text as function
  from pg_trigger t where not t.tgisinternal and t.tgenabled <> 'D' and t.tgparentid = 0
    and not exists (select from pg_proc o join pg_namespace n on n.oid = o.pronamespace where o.oid = t.tgfoid and n.nspname ~ '^banyan_')
  order by 1`;

/** Reads what ties the tables of these names to all others. */
export async function readSeam(ask: Ask, leaving: readonly string[], observed: Observed): Promise<SeamFacts> {
  const tables = await ask<KnownTable>(tablesSql);
  const triggers = await ask<SeamTrigger>(triggersSql);
  const rows = await ask<FunctionRow>(functionsSql);
  const functions = rows.map((row) =>
    functionFacts(
      row,
      tables.map(({ name }) => name),
      observed,
    ),
  );
  const reaching = new Set(functions.filter((each) => touches(each, leaving)).map(({ name }) => name));
  const seamTriggers = triggers.filter(
    ({ table, function: name }) => leaving.includes(table) || reaching.has(name),
  );
  const called = new Set(seamTriggers.map((trigger) => trigger.function));
  return {
    tables,
    foreignKeys: await ask<ForeignKeyFacts>(foreignKeysSql, [leaving]),
    views: await ask<ViewFacts>(viewsSql, [leaving]),
    functions: functions.filter(({ name }) => reaching.has(name) || called.has(name)),
    triggers: seamTriggers,
    texts: rows.map(({ name, source }) => ({ name, text: withoutComments(source) })),
  };
}

interface FunctionRow {
  readonly name: string;
  readonly language: string;
  readonly definition: string;
  readonly source: string;
  readonly isTrigger: boolean;
}

function touches({ tables }: FunctionFacts, leaving: readonly string[]): boolean {
  return tables.some((table) => leaving.includes(table));
}

function functionFacts(
  { name, language, definition, source, isTrigger }: FunctionRow,
  tables: readonly string[],
  { tablesOfFunction }: Observed,
): FunctionFacts {
  const parsed = tablesOfFunction?.(language, definition);
  const text = withoutComments(source);
  const isNamed = (names: readonly string[]) => (table: string) => names.includes(plainName(table));
  return {
    name,
    language,
    isTrigger,
    isParsed: parsed !== undefined,
    tables:
      parsed === undefined
        ? tables.filter((table) => mentions(text, plainName(table)))
        : tables.filter(isNamed([...parsed.reads, ...parsed.writes])),
    writes: parsed === undefined ? [] : tables.filter(isNamed(parsed.writes)),
    notifies: /\bpg_notify\s*\(|\bnotify\s+\w/i.test(text),
  };
}

/** A table's name as a parser tells it: without its schema, in lower case. */
export function plainName(table: string): string {
  return table.slice(table.indexOf('.') + 1).toLowerCase();
}

function withoutComments(source: string): string {
  return source.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
}

/** Whether a text has a plain name as a word. */
export function mentions(text: string, plain: string): boolean {
  return new RegExp(`(?<![\\w$])${plain.replace(/[^\w]/g, '\\$&')}(?![\\w$])`, 'i').test(text);
}
