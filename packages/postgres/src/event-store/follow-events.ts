import { setTimeout as wait } from 'node:timers/promises';
import {
  checkReadOptions,
  type EventCodec,
  type FeedBatch,
  type ReadOptions,
  type RecordedEvent,
  Unavailable,
} from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { notificationsOf } from '../notifications/notifications.ts';
import { sharedRelay } from '../outbox/relay-outbox.ts';
import { decodeRows } from './coded-events.ts';
import { readPage } from './read-page.ts';

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
  { codec, bytes }: { readonly codec: EventCodec | undefined; readonly bytes: number },
): AsyncGenerator<FeedBatch<RecordedEvent>> {
  const { signal, limit = defaultLimit, filter, removed } = options;
  checkReadOptions(options);
  if (signal?.aborted) return;
  using news = notificationsOf(pool).subscribe('banyan_events', schema);
  using _relay = sharedRelay(pool, schema);
  let position = options.after;
  let asked = limit;
  while (!signal?.aborted) {
    const wanted = { after: position, limit: asked, bytes, filter, removed };
    const page = await patiently(() => readPage(pool, schema, wanted), signal);
    if (page === undefined || signal?.aborted) return;
    position = page.position;
    // Where events are large, hardly more are measured than fit.
    asked = Math.min(limit, (page.full ? page.rows.length : asked) * 2);
    if (position > wanted.after) yield { entries: await decodeRows(codec, page.rows), position };
    if (page.atEnd) await news.signal.next(pollMs, signal);
  }
}

/** Tries again while the database is away, with growing pauses. Gives nothing when aborted. */
async function patiently<Result>(
  read: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result | undefined> {
  // From the first failure on, which may have taken its time.
  let deadline: number | undefined;
  for (let pauseMs = 50; !signal?.aborted; pauseMs = Math.min(pauseMs * 2, 2000)) {
    try {
      return await read();
    } catch (caught) {
      const error = toPostgresError(caught);
      deadline ??= Date.now() + patienceMs;
      if (!(error instanceof Unavailable) || Date.now() + pauseMs > deadline) throw error;
      // An abort ends the pause by an error, and the loop by itself.
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
