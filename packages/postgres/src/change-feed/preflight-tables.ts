import type pg from 'pg';
import { quoteTable } from '../quote-identifier.ts';
import type { PreflightProblem } from './preflight.ts';

interface TableFacts {
  name: string;
  kind: string | null;
  persistence: string;
  identity: string;
  has_key: boolean;
  has_index_identity: boolean;
  has_bad_column: boolean;
  generated: string | null;
  generated_in_key: string | null;
  may_read: boolean;
  is_owner: boolean;
  owner: string;
}

const tablesSql = `
  select wanted.name, c.relkind as kind, c.relpersistence as persistence, c.relreplident as identity,
    exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and i.indimmediate) as has_key,
    exists (select from pg_index i where i.indrelid = c.oid and i.indisreplident) as has_index_identity,
    exists (select from pg_attribute where attrelid = c.oid and attname = '__proto__') as has_bad_column,
    (select min(attname) from pg_attribute where attrelid = c.oid and attgenerated <> '' and not attisdropped
      and current_setting('server_version_num')::int >= 180000) as generated,
    (select min(a.attname) from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
     where i.indrelid = c.oid and a.attgenerated <> ''
       and case c.relreplident when 'd' then i.indisprimary else i.indisreplident end) as generated_in_key,
    has_table_privilege(c.oid, 'select') as may_read,
    pg_has_role(c.relowner, 'usage') as is_owner, pg_get_userbyid(c.relowner) as owner
  from unnest($1::text[], $2::text[]) as wanted(name, quoted)
  left join pg_class c on c.oid = to_regclass(wanted.quoted)
  order by wanted.name`;

/** What is wrong with the tables themselves. */
export async function tableProblems(pool: pg.Pool, tables: readonly string[]): Promise<PreflightProblem[]> {
  const { rows } = await pool.query<TableFacts>(tablesSql, [tables, tables.map(quoteTable)]);
  return rows.flatMap(problemsOf);
}

const kinds: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  p: 'a partitioned table',
  S: 'a sequence',
};

function problemsOf(table: TableFacts): PreflightProblem[] {
  const quoted = quoteTable(table.name);
  const found: PreflightProblem[] = [];
  const add = (code: string, message: string, remedy: string) =>
    found.push({ code, message, remedy, table: table.name });
  if (table.kind === null) {
    add(
      'table-missing',
      `There is no table ${table.name}.`,
      'Correct the name in the configuration: schema.table.',
    );
    return found;
  }
  if (table.kind !== 'r') {
    const what = kinds[table.kind] ?? 'no table';
    const remedy =
      table.kind === 'p' ? 'Name its partitions instead.' : 'Name the tables that it is made from instead.';
    add('not-a-table', `${table.name} is ${what}, and has no changes of its own in the log.`, remedy);
    return found;
  }
  if (table.persistence === 't') {
    add(
      'table-temporary',
      `${table.name} is temporary: nobody but its session sees it, and it is not in the log.`,
      'Name a table that stays.',
    );
  }
  if (table.persistence === 'u') {
    add(
      'table-unlogged',
      `${table.name} is unlogged: its changes are not in the log.`,
      `Run: alter table ${quoted} set logged;`,
    );
  }
  if (!hasIdentity(table)) {
    add(
      'table-without-key',
      `${table.name} has no key (or a deferrable one) by which the log could name a row; publishing it would make its own UPDATE and DELETE fail.`,
      table.generated === null
        ? `Add a primary key, or run: alter table ${quoted} replica identity full;`
        : 'Add a primary key, of columns that are not generated.',
    );
  }
  // From PostgreSQL 18 the whole row can't be the identity where a part of it is not published.
  const generated = table.identity === 'f' ? table.generated : table.generated_in_key;
  if (generated !== null) {
    add(
      'generated-identity',
      `${table.name} names its rows by ${generated} among others, which is generated and so not in the log; publishing it would make its own UPDATE and DELETE fail.`,
      `Add a primary key of columns that are not generated, and run: alter table ${quoted} replica identity default;`,
    );
  }
  if (table.has_bad_column) {
    add(
      'column-name',
      `${table.name} has a column __proto__, which can't be a property of a row.`,
      `Run: alter table ${quoted} rename column __proto__ to another_name;`,
    );
  }
  if (!table.may_read) {
    add(
      'no-read-right',
      `The rows of ${table.name} can't be read.`,
      `Run as ${table.owner}: grant select on ${quoted} to the role;`,
    );
  }
  if (!table.is_owner) {
    add(
      'not-the-owner',
      `${table.name} belongs to ${table.owner}; only its owner may publish it.`,
      `Connect as ${table.owner}, or grant that role.`,
    );
  }
  return found;
}

function hasIdentity({ identity, has_key, has_index_identity }: TableFacts): boolean {
  if (identity === 'f') return true;
  return identity === 'i' ? has_index_identity : identity === 'd' && has_key;
}
