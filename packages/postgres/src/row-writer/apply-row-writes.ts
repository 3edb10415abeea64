import { type RowWrite, Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { quoteTable } from '../quote-identifier.ts';
import { groupRowWrites, type RowWriteGroup } from './group-row-writes.ts';
import { keepArrayNulls } from './keep-array-nulls.ts';
import { forgetTableShapes, tableShape } from './table-shape.ts';
import { writeStatement } from './write-statement.ts';

/**
 * Makes the writes, in order, in the caller's transaction. Neighbours of one table and set of columns go in one statement. Columns
 * that an upsert does not name keep their values; a table's key must have a unique constraint.
 * @throws Terminal `no-table`, `no-column`, `no-unique-key`, `row-incomplete`
 * @throws Invalid `row-write-without-key`
 */
export async function applyRowWrites(tx: pg.ClientBase, writes: readonly RowWrite[]): Promise<void> {
  for (const group of groupRowWrites(writes)) {
    try {
      await applyGroup(tx, group);
    } catch (error) {
      forgetTableShapes(tx);
      throw explained(error, group);
    }
  }
}

async function applyGroup(tx: pg.ClientBase, group: RowWriteGroup): Promise<void> {
  if (group.op === 'truncate') {
    // TRUNCATE would lock readers out until the commit, and take the rows from snapshots that should still see them.
    await tx.query(`delete from ${quoteTable(group.table)}`);
    return;
  }
  const shape = await tableShape(tx, group.table);
  await keepArrayNulls(tx, shape);
  const { text, values } = writeStatement(group, shape);
  const { rowCount } = await tx.query(text, [...values]);
  if (group.absent === 'refuse' && (rowCount ?? 0) < group.rows.length) throw rowIncomplete(group);
}

const shownKeys = 3;

function rowIncomplete({ table, key, rows }: Exclude<RowWriteGroup, { op: 'truncate' }>): Terminal {
  const keys = rows
    .slice(0, shownKeys)
    .map((row) => JSON.stringify(Object.fromEntries(key.map((name) => [name, row[name]]))));
  const one = rows.length === 1 ? keys[0] : `one of ${rows.length}, such as ${keys.join(', ')}`;
  return new Terminal(
    'row-incomplete',
    `The row ${one} of ${table} is not there and can't be made: large values that did not change are not in the log. ` +
      'Run at the source: alter table ... replica identity full; for the table that it is made of, then begin with a new snapshot.',
  );
}

function explained(error: unknown, group: RowWriteGroup): Error {
  const { code } = error as { code?: string };
  if (code !== '42P10' || group.op === 'truncate') return toPostgresError(error);
  return new Terminal(
    'no-unique-key',
    `Table ${group.table} has no unique constraint on (${group.key.join(', ')}): add one, so that rows can be told apart.`,
    { cause: error },
  );
}
