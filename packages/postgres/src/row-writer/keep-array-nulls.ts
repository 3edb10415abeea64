import type pg from 'pg';
import type { TableShape } from './table-shape.ts';

/** Before arrays are written: where a database has array_nulls set to off, their nulls would be kept as the text NULL. */
export async function keepArrayNulls(tx: pg.ClientBase, shape: TableShape): Promise<void> {
  for (const { type } of shape.values()) {
    if (type.endsWith('[]')) return void (await tx.query('set local array_nulls = on'));
  }
}
