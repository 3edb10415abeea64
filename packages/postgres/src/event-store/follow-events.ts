import { setTimeout as wait } from 'node:timers/promises';
import { type FeedBatch, feedTest, type ReadOptions, type RecordedEvent, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { notificationsOf } from '../notifications/notifications.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { type EventRow, eventColumns, recordedEvent } from './recorded-event.ts';

const defaultLimit = 500;
/** Notifications make it fast; the poll makes it right when one is lost. */
const pollMs = 1000;
const patienceMs = 30_000;

/**
 * Every event after a position, in order, as it is committed. Survives dropped connections; when the database stays away
 * for half a minute, ends with the error.
 */
export async function* followEvents(
  pool: pg.Pool,
  schema: string,
  options: ReadOptions,
): AsyncGenerator<FeedBatch<RecordedEvent>> {
  const { signal, limit = defaultLimit, filter = {} } = options;
  const passes = feedTest(filter);
  if (signal?.aborted) return;
  using news = notificationsOf(pool).subscribe('banyan_events', schema);
  let position = options.after;
  while (!signal?.aborted) {
    const rows = await patiently(() => readAfter(pool, schema, position, limit), signal);
    if (signal?.aborted) return;
    if (rows.length > 0) {
      const read = rows.map(recordedEvent);
      position = read.at(-1)!.position;
      yield { entries: read.filter(passes), position };
    }
    if (rows.length < limit) await news.signal.next(pollMs, signal);
  }
}

async function readAfter(
  pool: pg.Pool,
  schema: string,
  position: bigint,
  limit: number,
): Promise<readonly EventRow[]> {
  // Appends hold a lock until their events are visible, so nothing can turn up later at a lower position.
  const text = `select ${eventColumns} from ${quoteIdentifier(schema)}.events where position > $1 order by position limit $2`;
  const { rows } = await pool.query<EventRow>(text, [position.toString(), limit]);
  return rows;
}

/** Tries again while the database is away, with growing pauses. Gives nothing when aborted. */
async function patiently<Item>(
  read: () => Promise<readonly Item[]>,
  signal: AbortSignal | undefined,
): Promise<readonly Item[]> {
  const deadline = Date.now() + patienceMs;
  for (let pauseMs = 50; !signal?.aborted; pauseMs = Math.min(pauseMs * 2, 2000)) {
    try {
      return await read();
    } catch (caught) {
      const error = toPostgresError(caught);
      if (!(error instanceof Unavailable) || Date.now() + pauseMs > deadline) throw error;
      // An abort ends the pause by an error, and the loop by itself.
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return [];
}
