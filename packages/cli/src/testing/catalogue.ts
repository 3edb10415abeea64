import type pg from 'pg';

/** What a database has in its catalogues, one line for each object, so that two moments can be compared. */
const catalogueSql = `
  select line from (
    select 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') as line from pg_namespace where nspname !~ '^pg_(toast_)?temp'
    union all select format('relation %s %s %s %s %s %s %s', c.oid::regclass, c.relkind, c.relowner, c.relacl, c.reloptions,
      c.relreplident, c.relrowsecurity) from pg_class c where c.relnamespace >= 2200
    union all select format('column %s %s %s %s %s %s', attrelid::regclass, attnum, attname, atttypid, attacl, attnotnull)
      from pg_attribute where attrelid >= 16384
    union all select format('trigger %s %s %s', tgrelid::regclass, tgname, tgenabled) from pg_trigger
    union all select format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint where oid >= 16384
    union all select format('function %s %s', oid::regprocedure, proacl) from pg_proc where oid >= 16384
    union all select format('type %s', oid::regtype) from pg_type where oid >= 16384
    union all select format('publication %s', pubname) from pg_publication
    union all select format('published %s', prrelid::regclass) from pg_publication_rel
    union all select format('subscription %s', subname) from pg_subscription
      where subdbid = (select oid from pg_database where datname = current_database())
    union all select format('slot %s', slot_name) from pg_replication_slots where database = current_database()
    union all select format('event trigger %s', evtname) from pg_event_trigger
    union all select format('rule %s %s', schemaname, rulename) from pg_rules
    union all select format('prepared %s', gid) from pg_prepared_xacts where database = current_database()
  ) all_lines order by 1`;

/** The catalogues of a database. */
export async function catalogueOf(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(catalogueSql);
  return rows.map(({ line }) => line);
}
