import { type ChangeEntry, type FeedBatch, type Row, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier, quoteTable } from '../quote-identifier.ts';
import type { ChangeFeedOptions } from './change-feed.ts';
import { createSlot } from './create-slot.ts';
import { dropSlotOf } from './drop-change-feed.ts';
import { importSnapshot } from './matched-snapshot.ts';
import { currentTables, type PublishedTable } from './published-tables.ts';
import { readRows } from './read-rows.ts';

/** What a snapshot is made of. */
interface SnapshotOptions extends ChangeFeedOptions {
  /** The tables as they were published. */
  readonly published: readonly PublishedTable[];
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

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
      await lockTables(pool, client, options.published);
      complete = yield* deliver(client, position, options);
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

/** A table that is written anew between snapshot and reading appears empty to the snapshot. */
async function lockTables(
  pool: pg.Pool,
  client: pg.Client,
  published: readonly PublishedTable[],
): Promise<void> {
  const tables = published.map(({ table }) => table);
  await client.query(
    `lock table ${tables.map((table) => `only ${quoteTable(table)}`).join(', ')} in access share mode`,
  );
  const now = await currentTables(pool, tables);
  if (JSON.stringify(now) === JSON.stringify(published)) return;
  throw new Unavailable(
    'table-changed-meanwhile',
    'A table was changed or written anew while its snapshot was begun: the snapshot is taken again.',
  );
}

async function* deliver(
  client: pg.Client,
  position: bigint,
  { published, tables, limit, signal }: SnapshotOptions,
): AsyncGenerator<FeedBatch<ChangeEntry>, boolean> {
  if (signal?.aborted) return false;
  yield { entries: [{ kind: 'snapshot-start', position, tables }], position: 0n };
  for (const { table, columns } of published) {
    const names = columns.map(([, name]) => name);
    const list = names.map(quoteIdentifier).join(', ');
    for await (const rows of readRows(
      client,
      `select ${list} from only ${quoteTable(table)}`,
      names,
      limit,
    )) {
      if (signal?.aborted) return false;
      yield { entries: [{ kind: 'snapshot-rows', position, table, rows: rows as Row[] }], position: 0n };
    }
  }
  return !signal?.aborted;
}
