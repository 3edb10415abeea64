import { compare } from '../graph/tie-collector.ts';
import type { Catalogue, CatalogueClient, CatalogueTable } from './catalogue.ts';
import type { Missing, SurveyDatabase } from './database.ts';
import { refusal } from './refusal.ts';

const own = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
  and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')`;

const tablesSql = `
  select c.oid::text as oid, n.nspname as schema, c.relname as name, c.reltuples::float8 as rows,
    coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0)::float8 as written,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum) as columns,
    array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
      where i.indrelid = c.oid and i.indisprimary order by a.attnum) as "primaryKey"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_stat_user_tables s on s.relid = c.oid
  where c.relkind in ('r', 'p') and not c.relispartition and ${own}
  order by n.nspname, c.relname`;

/** Apart from the tables, because it waits for whoever has locked one of them. */
const sizesSql = `
  select c.oid::text as oid, pg_total_relation_size(c.oid)::float8 as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and ${own}`;

/** As the last vacuum found them. */
const estimatedSizesSql = `
  select c.oid::text as oid, current_setting('block_size')::float8 * (c.relpages
      + coalesce((select sum(i.relpages) from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid), 0)
      + coalesce((select t.relpages from pg_class t where t.oid = c.reltoastrelid), 0)) as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and ${own}`;

const foreignKeysSql = `
  select k.conrelid::text as from, k.confrelid::text as to, k.confdeltype = 'c' as cascades,
    array(select a.attname::text from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.conkey)
      order by a.attnum) as columns
  from pg_constraint k where k.contype = 'f' and k.conparentid = 0 order by k.conname`;

const viewsSql = `
  select c.relname as name, array(
    select distinct d.refobjid::text from pg_rewrite r join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
    where r.ev_class = c.oid and d.refclassid = 'pg_class'::regclass and d.refobjid <> c.oid) as tables
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('v', 'm') and ${own} order by c.relname`;

const functionsSql = `
  select p.proname as name, coalesce(p.prosrc, '') as source
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where n.nspname not in ('pg_catalog', 'information_schema') and l.lanname not in ('c', 'internal')
    and not exists (select from pg_depend d where d.objid = p.oid and d.classid = 'pg_proc'::regclass and d.deptype = 'e')
  order by p.proname`;

const triggersSql = `
  select t.tgname as name, t.tgrelid::text as table, p.proname as function
  from pg_trigger t join pg_proc p on p.oid = t.tgfoid where not t.tgisinternal order by t.tgname`;

const clientsSql = `
  select coalesce(usename::text, '') as user, coalesce(application_name, '') as application, count(*)::float8 as connections
  from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()
    -- What kind of session it is a role sees only of its own.
    and (backend_type = 'client backend' or backend_type is null and usename is not null)
  group by 1, 2 order by 3 desc, 1, 2`;

export interface CatalogueReading {
  readonly catalogue: Catalogue;
  readonly missing: readonly Missing[];
}

/**
 * Reads the catalogue: tables with sizes and keys, foreign keys, views, functions, triggers, and who is connected. Without the tables there
 * is nothing to go on with; whatever else the server refuses is named.
 */
export async function readCatalogue(database: SurveyDatabase): Promise<CatalogueReading> {
  const found = await database.query<Omit<CatalogueTable, 'bytes'> & { oid: string }>(tablesSql);
  const names = namesOf(found);
  const nameOf = (oid: string) => names.get(oid);
  const refused: { what: string; error: unknown }[] = [];
  const part = async <Row>(what: string, sql: string): Promise<Row[]> =>
    await database.query<Row>(sql).catch((error: unknown) => {
      refused.push({ what, error });
      return [];
    });
  const sizes = await sizesOf(database, part);
  const tables = found.map(({ oid, ...table }) => ({
    ...table,
    name: nameOf(oid)!,
    bytes: sizes.get(oid) ?? 0,
  }));
  const keys = await part<{ from: string; to: string; cascades: boolean; columns: string[] }>(
    'foreign keys',
    foreignKeysSql,
  );
  const views = await part<{ name: string; tables: string[] }>('views', viewsSql);
  const functions = await part<{ name: string; source: string }>('functions', functionsSql);
  const triggers = await part<{ name: string; table: string; function: string }>('triggers', triggersSql);
  const catalogue: Catalogue = {
    tables,
    foreignKeys: keys.flatMap((key) => {
      const [from, to] = [nameOf(key.from), nameOf(key.to)];
      return from === undefined || to === undefined ? [] : [{ ...key, from, to }];
    }),
    views: views.map((view) => ({ name: view.name, tables: known(view.tables.map(nameOf)) })),
    functions: functions.map(({ name, source }) => ({
      name,
      tables: tables.map((table) => table.name).filter((table) => mentions(source, table)),
    })),
    triggers: triggers.flatMap((trigger) => {
      const table = nameOf(trigger.table);
      return table === undefined ? [] : [{ ...trigger, table }];
    }),
    clients: await part<CatalogueClient>('who is connected', clientsSql),
  };
  return { catalogue, missing: together(refused) };
}

type Part = <Row>(what: string, sql: string) => Promise<Row[]>;

async function sizesOf(database: SurveyDatabase, part: Part): Promise<Map<string, number>> {
  type Size = { oid: string; bytes: number };
  const exact = await part<Size>('sizes of the tables but as the last vacuum found them', sizesSql);
  const rows = exact.length > 0 ? exact : await database.query<Size>(estimatedSizesSql).catch(() => []);
  return new Map(rows.map(({ oid, bytes }) => [oid, bytes]));
}

/** One sentence for all that was refused for the same reason. */
function together(refused: readonly { what: string; error: unknown }[]): Missing[] {
  const all = refused.map(({ what, error }) => refusal(what, error));
  const whys = [...new Set(all.map(({ why }) => why))];
  return whys.map((why) => {
    const mine = all.filter((each) => each.why === why);
    return { ...mine[0]!, what: mine.map(({ what }) => what).join(', ') };
  });
}

function namesOf(tables: readonly { oid: string; schema: string; name: string }[]): Map<string, string> {
  const times = new Map<string, number>();
  for (const { name } of tables) times.set(name.toLowerCase(), (times.get(name.toLowerCase()) ?? 0) + 1);
  return new Map(
    tables.map(({ oid, schema, name }) => {
      const plain = name.toLowerCase();
      return [oid, times.get(plain)! > 1 ? `${schema}.${plain}` : plain];
    }),
  );
}

function known(names: readonly (string | undefined)[]): string[] {
  return names.filter((name) => name !== undefined).sort(compare);
}

/** The body of a function may be in any language: a table is in it if its name stands there as a word. */
function mentions(source: string, table: string): boolean {
  return new RegExp(`\\b${table.split('.').at(-1)!.replace(/[^\w]/g, '\\$&')}\\b`, 'i').test(source);
}
