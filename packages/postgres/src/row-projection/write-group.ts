import { Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { keepArrayNulls } from '../row-writer/keep-array-nulls.ts';
import type { TableShape } from '../row-writer/table-shape.ts';
import { writeStatement } from '../row-writer/write-statement.ts';
import { columnText, copyField } from './column-text.ts';
import { copyIn } from './copy-in.ts';
import type { MergedRow } from './merge-effects.ts';
import type { Columns, ColumnValue } from './row-effect.ts';
import type { RowGroup } from './row-groups.ts';

/** A column of a group, and in which part of a row its value is. */
interface GroupColumn {
  readonly name: string;
  readonly type: string;
  readonly part: 'key' | 'set' | 'add';
}

/**
 * Makes the writes of a group, in one statement.
 * @throws Terminal `no-column`
 */
export async function writeGroup(tx: pg.PoolClient, group: RowGroup, shape: TableShape): Promise<void> {
  const { op, table, keyColumns, set, added, rows } = group;
  const parts = { key: keyColumns, set, add: added };
  const columns = (['key', 'set', 'add'] as const).flatMap((part) =>
    parts[part].map((name): GroupColumn => ({ name, type: typeOf(shape, table, name), part })),
  );
  await keepArrayNulls(tx, shape);
  if (op === 'copy') return copyIn(tx, copyText(table, columns), copyData(rows, columns));
  const others = [...set, ...added];
  const written = rows.map((row) =>
    Object.fromEntries(columns.map((column) => [column.name, textOf(row, column)])),
  );
  const { text, values } = writeStatement(
    { op, table, key: keyColumns, others, added, rows: written },
    shape,
  );
  await tx.query(text, [...values]);
}

function typeOf(shape: TableShape, table: string, name: string): string {
  const column = shape.get(name);
  if (column !== undefined) return column.type;
  throw new Terminal(
    'no-column',
    `Table ${table} has no column ${name}: add it where the projection makes its tables, or leave it out of the row.`,
  );
}

function textOf(row: MergedRow, { name, type, part }: GroupColumn): string | null {
  return columnText((row[part] as Columns)[name] as ColumnValue, type);
}

function copyText(table: string, columns: readonly GroupColumn[]): string {
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  return `copy ${quoteIdentifier(table)} (${names}) from stdin`;
}

function copyData(rows: readonly MergedRow[], columns: readonly GroupColumn[]): string {
  let data = '';
  for (const row of rows) {
    let between = '';
    for (const column of columns) {
      data += between + copyField(textOf(row, column));
      between = '\t';
    }
    data += '\n';
  }
  return data;
}
