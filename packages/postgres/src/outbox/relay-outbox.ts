import type { BanyanError } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { Partitions } from '../event-store/partitions.ts';
import { notificationsOf } from '../notifications/notifications.ts';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { limited } from '../time-limit.ts';
import { inReadCommitted } from '../transaction.ts';

/** How to relay. */
export interface RelayOutboxOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
  /** Is told of what fails; it is tried again every second. */
  readonly onError?: (error: BanyanError) => void;
}

/** So many appends hold the lock of the log at once; fewer where they have 10,000 events or 16 MiB. */
const atMost = 200;
/** Notifications make it fast; the poll makes it right when one is lost. */
const pollMs = 1000;

/**
 * Moves what `appendWithin` has put into the outbox into the log, until it is disposed of or the pool ends. Any number of processes
 * may; each append is moved once, also when they race or are killed. Whoever reads the feed of a store does it beside the reading, so a
 * process needs this only where nobody reads.
 */
export function relayOutbox(pool: pg.Pool, options: RelayOutboxOptions = {}): AsyncDisposable {
  const { schema = defaultSchema, onError } = options;
  const ending = new AbortController();
  const done = relay(pool, schema, ending.signal, onError);
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await done;
    },
  };
}

interface Shared {
  readonly relay: AsyncDisposable;
  users: number;
}

const ofPool = new WeakMap<pg.Pool, Map<string, Shared>>();

/** The relay that all readers on this pool share, while there is one. */
export function sharedRelay(pool: pg.Pool, schema: string): Disposable {
  const relays = ofPool.get(pool) ?? new Map<string, Shared>();
  ofPool.set(pool, relays);
  // A reader that may not write can still read what others relay.
  const shared = relays.get(schema) ?? { relay: relayOutbox(pool, { schema }), users: 0 };
  relays.set(schema, shared);
  shared.users += 1;
  return {
    [Symbol.dispose]() {
      shared.users -= 1;
      if (shared.users > 0) return;
      relays.delete(schema);
      void shared.relay[Symbol.asyncDispose]();
    },
  };
}

async function relay(
  pool: pg.Pool,
  schema: string,
  signal: AbortSignal,
  onError: RelayOutboxOptions['onError'],
): Promise<void> {
  using news = notificationsOf(pool).subscribe('banyan_outbox', schema);
  const partitions = new Partitions(pool, schema);
  while (!signal.aborted && !pool.ending) {
    try {
      while (!signal.aborted && (await relayOnce(pool, schema, partitions)) === atMost);
    } catch (caught) {
      if (!pool.ending) onError?.(toPostgresError(caught));
    }
    await news.signal.next(pollMs, signal);
  }
}

/** Gives how many there were, and `atMost` where there may be more. */
async function relayOnce(pool: pg.Pool, schema: string, partitions: Partitions): Promise<number> {
  const text = `select waiting, at_position from ${quoteIdentifier(schema)}.relay_outbox($1)`;
  const { rows } = await partitions.provide(() =>
    inReadCommitted(pool, (client) =>
      client.query<{ waiting: number; at_position: string | null }>(limited(pool, text, [atMost])),
    ),
  );
  const { waiting, at_position: position } = rows[0]!;
  if (position !== null) partitions.reached(BigInt(position));
  return waiting;
}
