import {
  checkRetention,
  type RemovalOptions,
  type RemovedEvents,
  type RetentionPolicy,
} from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { inReadCommitted } from '../transaction.ts';
import { positionBefore } from './position-before.ts';
import { type HeldBy, readByAll } from './read-by-all.ts';
import { streamPages } from './stream-pages.ts';

/** How to remove events from PostgreSQL. */
export interface RemoveEventsOptions extends RemovalOptions {
  /** Subscriptions that need not have read what is removed: those that are given up, and those of another feed. */
  readonly ignore?: readonly string[];
  /** Is told how many events were removed so far, after every batch. */
  readonly onProgress?: (removed: number) => void;
}

/** What was removed, and what was not. */
export interface RemovedFromLog extends RemovedEvents {
  /** No event after this position was looked at. */
  readonly upTo: bigint;
  /** The subscription that has read up to there and no further, where the policy would let go of more. */
  readonly heldBy?: HeldBy;
}

/** Events of one transaction: a fraction of a second, and no more dead rows at once than a vacuum clears away beside the work. */
const batchSize = 5_000;

/** Removes what a policy lets go. See `EventRemoval.removeEvents`. */
export async function removeEvents(
  pool: pg.Pool,
  schema: string,
  policy: RetentionPolicy,
  options: RemoveEventsOptions = {},
): Promise<RemovedFromLog> {
  checkRetention(policy);
  const limit = await limitOf(pool, schema, policy, options);
  const removal = new Removal(pool, schema, limit.upTo, options);
  if (policy.closedForMs === undefined && policy.categories === undefined) await removal.removeOldest();
  else
    for await (const streamIds of streamPages(pool, schema, policy, limit.upTo))
      if (!(await removal.removeOf(streamIds))) break;
  return { ...removal.total, ...limit };
}

/** The position up to which events may go: by their age, and because everybody has read them. */
async function limitOf(
  pool: pg.Pool,
  schema: string,
  { olderThanMs }: RetentionPolicy,
  { ignore }: RemoveEventsOptions,
): Promise<Pick<RemovedFromLog, 'upTo' | 'heldBy'>> {
  const { position: read, heldBy } = await readByAll(pool, schema, ignore);
  const held = { upTo: read, ...(heldBy && { heldBy }) };
  if (olderThanMs === undefined) return held;
  const old = await positionBefore(pool, schema, olderThanMs);
  return old <= read ? { upTo: old } : held;
}

interface RemovedRow {
  readonly removed: number;
  readonly streams: number;
}

class Removal {
  readonly total = { events: 0, streams: 0 };
  readonly #pool: pg.Pool;
  readonly #own: string;
  readonly #upTo: string;
  readonly #options: RemoveEventsOptions;

  constructor(pool: pg.Pool, schema: string, upTo: bigint, options: RemoveEventsOptions) {
    this.#pool = pool;
    this.#own = quoteIdentifier(schema);
    this.#upTo = upTo.toString();
    this.#options = options;
  }

  /** Events of all streams. */
  async removeOldest(): Promise<void> {
    if (this.#options.dryRun) {
      const counted = 'count(*)::integer as removed, count(distinct stream)::integer as streams';
      await this.#run(`select ${counted} from ${this.#own}.events where position <= $1`, []);
    } else await this.#repeat(`select removed, streams from ${this.#own}.remove_oldest($1, $2)`, []);
  }

  /** Events of some streams; false when it is to end. */
  async removeOf(streamIds: readonly string[]): Promise<boolean> {
    if (this.#options.dryRun) {
      const text = `select count(*)::integer as removed, count(distinct e.stream)::integer as streams
        from ${this.#own}.streams s join ${this.#own}.events e on e.stream = s.stream
        where s.stream_id = any($2) and e.position >= s.stream and e.position <= $1`;
      await this.#run(text, [streamIds]);
      return !this.#ended;
    }
    const text = `select removed, streams from ${this.#own}.remove_of_streams($3, $1, $2)`;
    await this.#repeat(text, [streamIds]);
    // Their last events may have gone with a partition.
    const note = `select ${this.#own}.note_emptied($1)`;
    await inReadCommitted(this.#pool, (client) => client.query(note, [streamIds]));
    return !this.#ended;
  }

  get #ended(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** A batch at a time, until one is not full. */
  async #repeat(text: string, values: readonly unknown[]): Promise<void> {
    while (!this.#ended && (await this.#run(text, [batchSize, ...values])) === batchSize);
  }

  async #run(text: string, values: readonly unknown[]): Promise<number> {
    const { rows } = await inReadCommitted(this.#pool, (client) =>
      client.query<RemovedRow>(text, [this.#upTo, ...values]),
    );
    const { removed, streams } = rows[0]!;
    this.total.events += removed;
    this.total.streams += streams;
    this.#options.onProgress?.(this.total.events);
    return removed;
  }
}
