import { Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { quoteTable } from '../quote-identifier.ts';

/** What the rows in the log are read by: when it changes, rows that nobody touched may mean something else. */
export interface PublishedTable {
  readonly table: string;
  readonly oid: string;
  /** Changes when the table is written anew, which the log does not tell. */
  readonly file: string;
  readonly columns: readonly PublishedColumn[];
}

/** Number, name, type and modifier of the type. */
export type PublishedColumn = readonly [number: number, name: string, type: number, modifier: number];

interface CurrentTable {
  readonly table: string;
  readonly oid: string | null;
  readonly file: string | null;
  /** Like `PublishedColumn`, and whether rows that are there may have got a value with it. */
  readonly columns: readonly (readonly [...PublishedColumn, filled: boolean])[] | null;
}

// A default that was constant is kept as a "missing value", also when the default is gone again.
const currentSql = `
  select wanted.name as table, c.oid::text as oid, c.relfilenode::text as file,
    (select json_agg(json_build_array(attnum, attname, atttypid::bigint, atttypmod,
              atthasmissing or atthasdef or attnotnull or attidentity <> '' or attname = '__proto__') order by attnum)
     from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns
  from unnest($1::text[], $2::text[]) with ordinality as wanted(name, quoted, place)
  left join pg_class c on c.oid = to_regclass(wanted.quoted)
  order by wanted.place`;

/** Looks up the tables as they are now. @throws Terminal `table-changed` when one is not there. */
export async function currentTables(
  client: pg.Pool | pg.ClientBase,
  tables: readonly string[],
): Promise<PublishedTable[]> {
  return (await lookUp(client, tables)).map(asPublished);
}

/**
 * Compares the tables as they were at the snapshot with what they are now. Columns that were added empty do no harm.
 * @returns The tables as they are now.
 * @throws Terminal `table-changed` where rows that are there may have changed without a word in the log.
 */
export async function unharmedTables(
  client: pg.Pool | pg.ClientBase,
  before: readonly PublishedTable[],
): Promise<PublishedTable[]> {
  const now = await lookUp(
    client,
    before.map(({ table }) => table),
  );
  for (const [index, table] of before.entries()) refuseHarm(table, now[index]!);
  return now.map(asPublished);
}

async function lookUp(client: pg.Pool | pg.ClientBase, tables: readonly string[]): Promise<CurrentTable[]> {
  return (await client.query<CurrentTable>(currentSql, [tables, tables.map(quoteTable)])).rows;
}

function asPublished({ table, oid, file, columns }: CurrentTable): PublishedTable {
  if (oid === null || file === null) throw tableChanged(table, 'it is gone or was renamed');
  const plain = (columns ?? []).map(
    ([number, name, type, modifier]) => [number, name, type, modifier] as const,
  );
  return { table, oid, file, columns: plain };
}

function refuseHarm(before: PublishedTable, now: CurrentTable): void {
  const { table } = before;
  if (now.oid === null) throw tableChanged(table, 'it is gone or was renamed');
  if (now.oid !== before.oid) throw tableChanged(table, 'it was dropped and made again');
  const columns = now.columns ?? [];
  for (const [index, [number, name, type, modifier]] of before.columns.entries()) {
    const found = columns[index];
    if (found?.[0] !== number) throw tableChanged(table, `its column ${name} was dropped`);
    if (found[1] !== name) throw tableChanged(table, `its column ${name} was renamed to ${found[1]}`);
    if (found[2] !== type || found[3] !== modifier)
      throw tableChanged(table, `the type of its column ${name} was changed`);
  }
  const [added] = columns
    .slice(before.columns.length)
    .filter((column) => column[4] || now.file !== before.file);
  if (added !== undefined)
    throw tableChanged(table, `its column ${added[1]} was added with values for the rows that were there`);
}

/** What a reader throws when it can't know any more what a table's rows are. */
export function tableChanged(table: string, how: string): Terminal {
  return new Terminal(
    'table-changed',
    `The source's table ${table} was changed: ${how}. The log does not say what became of its rows. ` +
      'See that the translator fits the table as it is now, then reset the subscription to take a new snapshot.',
  );
}
