import { Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { quoteTable } from '../quote-identifier.ts';

/** What a writer must know of a column. */
export interface ColumnShape {
  /** The type's SQL name without its length, so that a cast never cuts a value off. */
  readonly type: string;
  /** Whether a new row must give a value. */
  readonly required: boolean;
}

/** The columns of a table by name. */
export type TableShape = ReadonlyMap<string, ColumnShape>;

const columnsQuery = `
  select attname as name, format_type(atttypid, -1) as type,
    attnotnull and not atthasdef and attidentity = '' and attgenerated = '' as required
  from pg_attribute
  where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`;

const known = new WeakMap<pg.ClientBase, Map<string, TableShape>>();

/**
 * The table's columns, asked for once per connection.
 * @throws Terminal `no-table`
 */
export async function tableShape(client: pg.ClientBase, table: string): Promise<TableShape> {
  const tables = known.get(client) ?? new Map<string, TableShape>();
  known.set(client, tables);
  const remembered = tables.get(table);
  if (remembered !== undefined) return remembered;
  const shape = await readTableShape(client, table);
  tables.set(table, shape);
  return shape;
}

/**
 * The table's columns as they are now.
 * @throws Terminal `no-table`
 */
export async function readTableShape(client: pg.ClientBase, table: string): Promise<TableShape> {
  const { rows } = await client.query<ColumnShape & { name: string }>(columnsQuery, [quoteTable(table)]);
  if (rows.length === 0) {
    throw new Terminal(
      'no-table',
      `Table ${table} does not exist in the database to write to: create it there first.`,
    );
  }
  return new Map(rows.map(({ name, type, required }) => [name, { type, required }]));
}

/** After a failed write: the tables may have changed since they were looked at. */
export function forgetTableShapes(client: pg.ClientBase): void {
  known.delete(client);
}
