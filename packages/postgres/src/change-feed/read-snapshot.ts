import type { ChangeEntry, FeedBatch, Row } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier, quoteTable } from '../quote-identifier.ts';
import type { ChangeFeedOptions } from './change-feed.ts';
import { createSlot } from './create-slot.ts';
import { dropSlot } from './drop-change-feed.ts';
import { importSnapshot } from './matched-snapshot.ts';

const columnsSql = `
  select attname as name from pg_attribute
  where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
  order by attnum`;

/** The columns of a table that the log sends as well. */
async function sentColumns(client: pg.ClientBase, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(columnsSql, [quoteTable(table)]);
  return rows.map(({ name }) => name);
}

/**
 * Makes the slot and delivers the tables as they are at the position it begins at. A slot of this name that is there already
 * belongs to a snapshot that was not completed, and is replaced.
 */
export async function* readSnapshot(
  options: ChangeFeedOptions,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedBatch<ChangeEntry>, bigint | undefined> {
  await dropSlot(options.url, options.slot);
  const slot = await createSlot(options.url, options.slot, {
    temporary: false,
    timeoutMs: options.snapshotTimeoutMs ?? 60_000,
  });
  const { position } = slot;
  try {
    const client = await importSnapshot(options.url, slot.snapshot);
    try {
      yield { entries: [{ kind: 'snapshot-start', position, tables: options.tables }], position: 0n };
      for (const table of options.tables) {
        for await (const rows of readRows(client, table, limit)) {
          if (signal?.aborted) return undefined;
          yield { entries: [{ kind: 'snapshot-rows', position, table, rows }], position: 0n };
        }
      }
    } finally {
      await client.end();
    }
    yield { entries: [{ kind: 'snapshot-end', position }], position };
    return position;
  } finally {
    slot.connection.close();
  }
}

async function* readRows(client: pg.ClientBase, table: string, limit: number): AsyncGenerator<Row[]> {
  const columns = await sentColumns(client, table);
  const list = columns.map((name) => `${quoteIdentifier(name)}::text`).join(', ');
  await client.query(
    `declare banyan_snapshot no scroll cursor for select ${list} from only ${quoteTable(table)}`,
  );
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${Math.trunc(limit)} from banyan_snapshot`);
    if (rows.length === 0) break;
    yield rows;
  }
  await client.query('close banyan_snapshot');
}
