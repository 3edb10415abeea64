import { Terminal } from '@banyan/runtime';
import { quoteIdentifier, quoteTable } from '../quote-identifier.ts';
import type { RowWriteGroup } from './group-row-writes.ts';
import type { TableShape } from './table-shape.ts';

/** Rows that are told apart by their key. */
export type KeyedGroup = Exclude<RowWriteGroup, { op: 'truncate' }>;

/** A column of a group: `given.c0` in SQL text, whatever its name. */
interface GivenColumn {
  readonly name: string;
  readonly quoted: string;
  readonly alias: string;
  readonly type: string;
  /** The value is added to what is there. */
  readonly added: boolean;
}

/** A statement and its only parameter. */
export interface WriteStatement {
  readonly text: string;
  readonly values: readonly string[];
}

/**
 * The statement that makes a group of writes. The rows travel as one JSON text of strings, and every value is cast to its
 * column's type by the server, which wrote that text in the first place.
 * @throws Terminal `no-column`
 */
export function writeStatement(group: KeyedGroup, shape: TableShape): WriteStatement {
  const key = group.key.map((name, index) => given(group, shape, name, index));
  const others = group.others.map((name, index) => given(group, shape, name, key.length + index));
  return { text: textOf(group, shape, key, others), values: [rowsAsJson(group, [...key, ...others])] };
}

function textOf(
  group: KeyedGroup,
  shape: TableShape,
  key: readonly GivenColumn[],
  others: readonly GivenColumn[],
): string {
  const table = quoteTable(group.table);
  if (group.op === 'delete') return deleteText(table, key);
  if (group.op === 'update')
    return `with ${givenText([...key, ...others])} ${updateText(table, key, others, '1')}`;
  const named = new Set([...group.key, ...group.others]);
  const incomplete = [...shape].some(([name, { required }]) => required && !named.has(name));
  return incomplete ? updateOrInsertText(table, key, others) : upsertText(table, key, others);
}

function deleteText(table: string, key: readonly GivenColumn[]): string {
  return `with ${givenText(key)} delete from ${table} as kept using given where ${matches(key)}`;
}

function upsertText(table: string, key: readonly GivenColumn[], others: readonly GivenColumn[]): string {
  const target = key.map(({ quoted }) => quoted).join(', ');
  const assigned = others.map((column) => assignment(column, `excluded.${column.quoted}`)).join(', ');
  const action = assigned === '' ? 'do nothing' : `do update set ${assigned}`;
  return `with ${givenText([...key, ...others])} ${insertText(table, [...key, ...others])} on conflict (${target}) ${action}`;
}

/**
 * An insert checks "not null" before it looks for a conflict, so rows that lack a required column (one whose value did not
 * change) are updated where they are, and inserted only where there is none.
 */
function updateOrInsertText(
  table: string,
  key: readonly GivenColumn[],
  others: readonly GivenColumn[],
): string {
  const aliases = key.map(({ alias }) => `given.${alias}`).join(', ');
  const found = updateText(table, key, others, aliases);
  const same = key.map(({ alias }) => `found.${alias} = given.${alias}`).join(' and ');
  return `with ${givenText([...key, ...others])}, found as (${found})
    ${insertText(table, [...key, ...others])} where not exists (select from found where ${same})`;
}

/** Of a row that gets no value it is only said whether it is there. */
function updateText(
  table: string,
  key: readonly GivenColumn[],
  others: readonly GivenColumn[],
  returned: string,
): string {
  const assigned = others.map((column) => assignment(column, `given.${column.alias}`)).join(', ');
  return assigned === ''
    ? `select ${returned} from ${table} as kept join given on ${matches(key)}`
    : `update ${table} as kept set ${assigned} from given where ${matches(key)} returning ${returned}`;
}

function assignment({ quoted, added }: GivenColumn, value: string): string {
  return added ? `${quoted} = coalesce(kept.${quoted}, 0) + ${value}` : `${quoted} = ${value}`;
}

function givenText(columns: readonly GivenColumn[]): string {
  const cast = columns.map(({ alias, type }) => `${alias}::${type} as ${alias}`).join(', ');
  const texts = columns.map(({ alias }) => `${alias} text`).join(', ');
  return `given as (select ${cast} from json_to_recordset($1::json) as sent (${texts}))`;
}

function insertText(table: string, columns: readonly GivenColumn[]): string {
  const names = columns.map(({ quoted }) => quoted).join(', ');
  const values = columns.map(({ alias }) => `given.${alias}`).join(', ');
  // The rows keep their ids also where the table would make its own.
  return `insert into ${table} as kept (${names}) overriding system value select ${values} from given`;
}

function matches(key: readonly GivenColumn[]): string {
  return key.map(({ quoted, alias }) => `kept.${quoted} = given.${alias}`).join(' and ');
}

function given(group: KeyedGroup, shape: TableShape, name: string, index: number): GivenColumn {
  const column = shape.get(name);
  if (column !== undefined) {
    const added = group.op === 'upsert' && (group.added?.includes(name) ?? false);
    return { name, quoted: quoteIdentifier(name), alias: `c${index}`, type: column.type, added };
  }
  throw new Terminal(
    'no-column',
    `Table ${group.table} has no column ${name}: add it there, or leave it out of the translation.`,
  );
}

function rowsAsJson(group: KeyedGroup, columns: readonly GivenColumn[]): string {
  return JSON.stringify(
    group.rows.map((row) => Object.fromEntries(columns.map(({ alias, name }) => [alias, row[name]]))),
  );
}
