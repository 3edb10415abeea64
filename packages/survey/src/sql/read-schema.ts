import { lineNumbers } from '../code/lines.ts';
import { readDatabaseCode, type SchemaCode } from './read-database-code.ts';

export interface SchemaTable {
  readonly name: string;
  readonly line: number;
  readonly columns: readonly string[];
  /** What identifies a row, where it is said. */
  readonly primaryKey?: readonly string[];
}

export interface SchemaForeignKey {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  readonly cascades: boolean;
  readonly line: number;
}

export interface Schema {
  readonly tables: readonly SchemaTable[];
  readonly foreignKeys: readonly SchemaForeignKey[];
  /** Views, functions and triggers. */
  readonly code?: readonly SchemaCode[];
  /** The table of each model by its name, where there are models. */
  readonly models?: ReadonlyMap<string, string>;
}

const quoted = String.raw`(?:["\`\[]?[\w$]+["\`\]]?\.)?["\`\[]?([\w$]+)["\`\]]?`;
const createTable = new RegExp(
  String.raw`\bcreate\s+(?:(?:global|local)\s+)?(?:temp(?:orary)?\s+|unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?${quoted}\s*\(`,
  'gi',
);
/** In some dialects nothing but the next statement, or `GO` on a line of its own, ends one. */
const ends = String.raw`;|\balter\s+table\b|\bcreate\s|^[ \t]*go[ \t\r]*$`;
const alterTable = new RegExp(
  String.raw`\balter\s+table\s+(?:only\s+)?(?:if\s+exists\s+)?${quoted}\s+add\s+((?:(?!${ends})[^])*)`,
  'gim',
);
const references = new RegExp(String.raw`\breferences\s+${quoted}`, 'i');

/** Tables, foreign keys, views, functions and triggers of a script, in any dialect: only what all of them write alike is read. */
export function readSchema(script: string): Schema {
  const sql = withoutComments(script);
  const line = lineNumbers(sql);
  const tables: SchemaTable[] = [];
  const primaryKeys = new Map<string, readonly string[]>();
  const foreignKeys: SchemaForeignKey[] = [];
  for (const match of sql.matchAll(createTable)) {
    const table = match[1]!.toLowerCase();
    const from = match.index + match[0].length;
    const columns: string[] = [];
    for (const part of parts(sql, from)) {
      const column = columnOf(part.text);
      if (column !== undefined) columns.push(column);
      const identity = primaryKeyOf(part.text);
      if (identity !== undefined) primaryKeys.set(table, identity);
      const key = foreignKeyOf(table, part.text, line(from + part.offset));
      if (key !== undefined) foreignKeys.push(key);
    }
    tables.push({ name: table, line: line(match.index), columns });
  }
  for (const match of sql.matchAll(alterTable)) {
    const table = match[1]!.toLowerCase();
    const key = foreignKeyOf(table, match[2]!, line(match.index));
    if (key !== undefined) foreignKeys.push(key);
    const identity = primaryKeyOf(match[2]!);
    if (identity !== undefined) primaryKeys.set(table, identity);
  }
  return {
    tables: tables.map((table) => identified(table, primaryKeys)),
    foreignKeys,
    code: readDatabaseCode(sql, line),
  };
}

function withoutComments(script: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return script.replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, blank);
}

/** What stands between the commas up to the bracket that closes. */
function parts(sql: string, from: number): { text: string; offset: number }[] {
  const found: { text: string; offset: number }[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < sql.length; at++) {
    const one = sql[at];
    if (one === "'") at = Math.max(at, sql.indexOf("'", at + 1));
    if (one === '(') depth++;
    if ((one === ',' && depth === 0) || (one === ')' && depth === 0)) {
      const text = sql.slice(start, at);
      found.push({ text, offset: start - from + (text.length - text.trimStart().length) });
      start = at + 1;
    }
    if (one === ')' && depth-- === 0) break;
  }
  return found;
}

const noColumn = /^\s*(constraint|primary|foreign|unique|check|index|key|exclude|like|fulltext|period)\b/i;

function columnOf(part: string): string | undefined {
  if (noColumn.test(part)) return undefined;
  return /^\s*["`[]?([\w$]+)/.exec(part)?.[1]?.toLowerCase();
}

function identified(table: SchemaTable, keys: ReadonlyMap<string, readonly string[]>): SchemaTable {
  const primaryKey = keys.get(table.name);
  return primaryKey === undefined ? table : { ...table, primaryKey };
}

/** Of a table's constraint the columns it names, of a column itself. */
function primaryKeyOf(part: string): readonly string[] | undefined {
  if (!/\bprimary\s+key\b/i.test(part)) return undefined;
  const own = columnOf(part);
  if (own !== undefined && !/^\s*(add|constraint)\b/i.test(part)) return [own];
  const named = /\bprimary\s+key[^(]*\(([^)]*)\)/i.exec(part)?.[1];
  return named?.split(',').map((each) => each.replace(/["`[\]]|\s(asc|desc)\s*$|\s/gi, '').toLowerCase());
}

function foreignKeyOf(table: string, part: string, line: number): SchemaForeignKey | undefined {
  const to = references.exec(part)?.[1]?.toLowerCase();
  if (to === undefined) return undefined;
  const named = /\bforeign\s+key\s*["`\w]*\s*\(([^)]*)\)/i.exec(part)?.[1];
  const columns = named?.split(',').map((each) => each.replace(/["`\s]/g, '').toLowerCase());
  const own = columnOf(part);
  return {
    from: table,
    to,
    columns: columns ?? (own === undefined ? [] : [own]),
    cascades: /\bon\s+delete\s+cascade\b/i.test(part),
    line,
  };
}
