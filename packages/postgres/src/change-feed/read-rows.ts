import type { Row } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';

/** Bytes that one fetch may bring, about: how wide rows are is learnt from the fetch before. */
const fetchBytes = 4 * 1024 * 1024;
const firstRows = 50;

/** Values as the server writes them. A cast to text would write some differently than the log: `true` for `t`. */
const asWritten = { getTypeParser: () => (value: string) => value };

/** Reads what a query gives, `limit` rows at a time at most and fewer where they are wide. Once at a time per client. */
export async function* readRows(
  client: pg.ClientBase,
  sql: string,
  columns: readonly string[],
  limit: number,
): AsyncGenerator<Row[]> {
  let count = Math.min(limit, firstRows);
  try {
    await client.query(`declare banyan_snapshot no scroll cursor for ${sql}`);
    for (;;) {
      const text = `fetch ${Math.max(1, Math.trunc(count))} from banyan_snapshot`;
      const { rows } = await client.query({ text, rowMode: 'array', types: asWritten });
      if (rows.length === 0) break;
      count = Math.min(limit, count * 4, (fetchBytes / bytesOf(rows)) * rows.length);
      yield rows.map((values) => rowOf(columns, values));
    }
    await client.query('close banyan_snapshot');
  } catch (error) {
    throw toPostgresError(error);
  }
}

function rowOf(columns: readonly string[], values: readonly (string | null)[]): Row {
  const row: Record<string, string | null> = {};
  for (let index = 0; index < columns.length; index++) row[columns[index]!] = values[index]!;
  return row;
}

function bytesOf(rows: readonly (readonly (string | null)[])[]): number {
  let bytes = 1;
  for (const row of rows) for (const value of row) bytes += value?.length ?? 0;
  return bytes;
}
