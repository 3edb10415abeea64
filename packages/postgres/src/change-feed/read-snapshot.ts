import type { ChangeEntry, FeedBatch } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier, quoteTable } from '../quote-identifier.ts';
import type { ChangeFeedOptions } from './change-feed.ts';
import { createSlot } from './create-slot.ts';
import { dropSlotOf } from './drop-change-feed.ts';
import { noteTables } from './ensure-publication.ts';
import { lockTables } from './lock-tables.ts';
import { importSnapshot } from './matched-snapshot.ts';
import type { PublishedTable } from './published-tables.ts';
import { readRows } from './read-rows.ts';

/** What a snapshot is made of. */
interface SnapshotOptions extends ChangeFeedOptions {
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

type Delivery = Pick<SnapshotOptions, 'limit' | 'signal'> & { readonly tables: readonly PublishedTable[] };
type Batches = AsyncGenerator<FeedBatch<ChangeEntry>, bigint | undefined>;

/**
 * Makes the slot and delivers the tables as they are at the position it begins at. A reading that is left in the middle takes
 * the slot with it.
 * @returns The position, or undefined when the signal ended it.
 */
export async function* readSnapshot(pool: pg.Pool, options: SnapshotOptions): Batches {
  const { url, slot: name, signal, snapshotTimeoutMs: timeoutMs = 60_000 } = options;
  const slot = await createSlot(url, name, { temporary: false, timeoutMs, signal });
  const { position } = slot;
  let complete = false;
  try {
    const client = await importSnapshot(url, slot.snapshot).finally(() => slot.connection.close());
    try {
      const tables = await lockTables(client, pool, options.tables);
      await noteTables(pool, options.name, tables);
      complete = yield* deliver(client, position, { ...options, tables });
    } finally {
      await client.end();
    }
    if (!complete) return undefined;
  } finally {
    if (!complete) await dropSlotOf(pool, name, position).catch(() => undefined);
  }
  // From here on the reader may have kept the position, so the slot stays.
  yield { entries: [{ kind: 'snapshot-end', position }], position };
  return position;
}

async function* deliver(
  client: pg.Client,
  position: bigint,
  { tables, limit, signal }: Delivery,
): AsyncGenerator<FeedBatch<ChangeEntry>, boolean> {
  if (signal?.aborted) return false;
  yield {
    entries: [{ kind: 'snapshot-start', position, tables: tables.map(({ table }) => table) }],
    position: 0n,
  };
  for (const { table, columns } of tables) {
    const names = columns.map(([, name]) => name);
    const list = names.map(quoteIdentifier).join(', ');
    for await (const rows of readRows(
      client,
      `select ${list} from only ${quoteTable(table)}`,
      names,
      limit,
    )) {
      if (signal?.aborted) return false;
      yield { entries: [{ kind: 'snapshot-rows', position, table, rows }], position: 0n };
    }
  }
  return !signal?.aborted;
}
