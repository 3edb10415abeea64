import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type { ComparedTable } from './table-key.ts';

/** The values of a key, as the server writes them. */
export type Key = readonly string[];

/** Keys after `after` and up to `upTo`; open where undefined. */
export interface KeyRange {
  readonly after?: Key | undefined;
  readonly upTo?: Key | undefined;
}

/** A statement with its values. */
export interface Query {
  readonly text: string;
  readonly values: readonly unknown[];
}

const keyOf = ({ key }: ComparedTable) => key.map(({ name }) => quoteIdentifier(name)).join(', ');

function typed({ key }: ComparedTable, first: number): string {
  return key.map(({ type }, index) => `$${first + index}::text::${type}`).join(', ');
}

/** The condition of a range, and of the rows that are compared. */
export function within(table: ComparedTable, { after, upTo }: KeyRange): Query {
  const parts: string[] = table.where === undefined ? [] : [`(${table.where})`];
  const values: string[] = [];
  if (after !== undefined) {
    parts.push(`(${keyOf(table)}) > (${typed(table, 1)})`);
    values.push(...after);
  }
  if (upTo !== undefined) {
    parts.push(`(${keyOf(table)}) <= (${typed(table, values.length + 1)})`);
    values.push(...upTo);
  }
  return { text: parts.length === 0 ? 'true' : parts.join(' and '), values };
}

/** The last key of the range that holds so many rows after a key; none where fewer are left. */
export function boundaryQuery(table: ComparedTable, after: Key | undefined, rows: number): Query {
  const { text, values } = within(table, { after });
  const keys = table.key.map(({ name }) => `${quoteIdentifier(name)}::text`).join(', ');
  return {
    text: `select array[${keys}] as key from only ${quoteTable(table.name)} where ${text} order by ${keyOf(table)} offset ${rows - 1} limit 1`,
    values,
  };
}

/** How many rows a range has, and a digest of them that does not depend on their order. */
export function digestQuery(table: ComparedTable, range: KeyRange): Query {
  const { text, values } = within(table, range);
  const row = `row(${table.columns.map(quoteIdentifier).join(', ')})::text`;
  return {
    text:
      `select count(*)::float8 as rows, coalesce(bit_xor(hashtextextended(${row}, 0)), 0)::text || ' ' || ` +
      `coalesce(sum(hashtext(${row})::int8), 0)::text as digest from only ${quoteTable(table.name)} where ${text}`,
    values,
  };
}

/** The rows of a range: the key, a digest of the row, and which version of the row it is. */
export function rowsQuery(table: ComparedTable, range: KeyRange): Query {
  const { text, values } = within(table, range);
  return { text: `${versionsSql(table)} where ${text}`, values };
}

/** The same of rows with these keys. */
export function keysQuery(table: ComparedTable, keys: readonly Key[]): Query {
  const arrays = table.key.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const names = table.key.map((_, index) => `k${index}`).join(', ');
  const wanted = table.key.map(({ type }, index) => `k${index}::${type}`).join(', ');
  const moved = table.where === undefined ? 'true' : `(${table.where})`;
  return {
    text: `${versionsSql(table)} where (${keyOf(table)}) in (select ${wanted} from unnest(${arrays}) as wanted(${names})) and ${moved}`,
    values: table.key.map((_, index) => keys.map((key) => key[index]!)),
  };
}

function versionsSql(table: ComparedTable): string {
  const keys = table.key.map(({ name }) => `${quoteIdentifier(name)}::text`).join(', ');
  const row = `row(${table.columns.map(quoteIdentifier).join(', ')})::text`;
  return `select array[${keys}] as key, md5(${row}) as digest, ctid::text || ' ' || xmin::text as version from only ${quoteTable(table.name)}`;
}

/** The columns in which one row differs are found by reading it on both sides as text. */
export function columnsQuery(table: ComparedTable, key: Key): Query {
  const values = table.columns.map((column) => `${quoteIdentifier(column)}::text`).join(', ');
  const { text, values: keys } = keysQuery(table, [key]);
  return {
    text: text.replace(/^select .* from only/s, `select array[${values}] as values from only`),
    values: keys,
  };
}
