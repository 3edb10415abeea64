import { lineNumbers } from '../code/lines.ts';
import type { Schema, SchemaForeignKey, SchemaTable } from './read-schema.ts';

/** The tables, foreign keys and names of models of a Prisma schema file. */
export function readPrisma(source: string): Schema {
  const plain = source.replace(/\/\/[^\n]*/g, (comment) => ' '.repeat(comment.length));
  const line = lineNumbers(plain);
  const blocks = [...plain.matchAll(/^[ \t]*model\s+(\w+)\s*\{([^}]*)\}/gm)];
  const models = new Map(
    blocks.map(([, name = '', body = '']) => [
      name,
      (/@@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(body)?.[1] ?? name).toLowerCase(),
    ]),
  );
  const tables: SchemaTable[] = [];
  const foreignKeys: SchemaForeignKey[] = [];
  for (const block of blocks) {
    const [, name = '', body = ''] = block;
    const table = models.get(name)!;
    const fields = body.split('\n').flatMap((text) => fieldOf(text));
    const columnOf = new Map(fields.map((field) => [field.name, field.column]));
    const own = fields.filter(({ type }) => !models.has(type));
    tables.push({ name: table, line: line(block.index), columns: own.map(({ column }) => column) });
    for (const { type, relation } of fields) {
      const to = models.get(type);
      const keys = /fields:\s*\[([^\]]*)\]/.exec(relation ?? '')?.[1];
      if (to === undefined || keys === undefined) continue;
      const columns = keys.split(',').map((key) => columnOf.get(key.trim()) ?? key.trim());
      const cascades = /onDelete:\s*Cascade/.test(relation ?? '');
      foreignKeys.push({ from: table, to, columns, cascades, line: line(block.index) });
    }
  }
  return { tables, foreignKeys, models };
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly column: string;
  readonly relation: string | undefined;
}

function fieldOf(text: string): Field[] {
  const [, name, type] = /^\s*(\w+)\s+(\w+)/.exec(text) ?? [];
  if (name === undefined || type === undefined) return [];
  const column = /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(text)?.[1] ?? name;
  return [{ name, type, column: column.toLowerCase(), relation: /@relation\((.*)\)/.exec(text)?.[1] }];
}
