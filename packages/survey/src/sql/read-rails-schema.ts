import { lineNumbers } from '../code/lines.ts';
import { plural } from '../words/plural.ts';
import type { Schema, SchemaForeignKey, SchemaTable } from './read-schema.ts';

const createTable = /^([ \t]*)create_table[ (]+["':](\w+)["']?([^\n]*)\n([\s\S]*?)^\1end\b/gm;
const column = /^[ \t]*\w+\.(\w+)[ (]+["':](\w+)["']?([^\n]*)/gm;
const addForeignKey = /^[ \t]*add_foreign_key[ (]+["':](\w+)["']?,\s*["':](\w+)["']?([^\n]*)/gm;

/** The tables and foreign keys of a `db/schema.rb`, which Rails writes. */
export function readRailsSchema(source: string): Schema {
  const plain = source.replace(/^[ \t]*#[^\n]*/gm, (comment) => ' '.repeat(comment.length));
  const line = lineNumbers(plain);
  const tables: SchemaTable[] = [];
  const foreignKeys: SchemaForeignKey[] = [];
  for (const match of plain.matchAll(createTable)) {
    const [, , name = '', , body = ''] = match;
    const own: SchemaTable = { name: name.toLowerCase(), line: line(match.index), columns: columnsOf(body) };
    tables.push(own);
    for (const [, type = '', to = '', rest = ''] of body.matchAll(column))
      if (/^(references|belongs_to)$/.test(type) && /foreign_key:\s*(true|\{)/.test(rest))
        foreignKeys.push(
          keyOf(own.name, /to_table:\s*["':](\w+)/.exec(rest)?.[1] ?? plural(to), rest, own.line),
        );
  }
  for (const match of plain.matchAll(addForeignKey)) {
    const [, from = '', to = '', rest = ''] = match;
    foreignKeys.push(keyOf(from, to, rest, line(match.index)));
  }
  return { tables, foreignKeys };
}

function columnsOf(body: string): string[] {
  return [...body.matchAll(column)]
    .filter(([, type]) => !/^(index|check_constraint|foreign_key|timestamps)$/.test(type!))
    .map(([, type, name]) => (/^(references|belongs_to)$/.test(type!) ? `${name}_id` : name!));
}

function keyOf(from: string, to: string, rest: string, line: number): SchemaForeignKey {
  const named = /column:\s*["':](\w+)/.exec(rest)?.[1];
  const cascades = /on_delete:\s*:cascade/.test(rest);
  return {
    from: from.toLowerCase(),
    to: to.toLowerCase(),
    columns: named === undefined ? [] : [named],
    cascades,
    line,
  };
}
