import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from '@banyan/runtime';
import { sampleEvents } from '@banyan/runtime/testing';
import type pg from 'pg';
import { expect } from 'vitest';
import { connect } from '../../connect.ts';
import type { PreparedDatabase } from '../../testing/prepared-database.ts';
import { type PostgresEventStore, postgresEventStore } from '../postgres-event-store.ts';
import type { ModelAppend } from './model-store.fixture.ts';

const applicationName = 'store under test';

/** The store under test, and what the test does to it from outside. */
export class RealStore implements AsyncDisposable {
  readonly store: PostgresEventStore;
  readonly pool: pg.Pool;
  /** Begins the categories of this run, so that the runs share a database. */
  readonly run = randomUUID().replaceAll('-', '');
  /** Open transactions of callers. */
  readonly transactions = new Map<number, pg.PoolClient>();
  readonly #outside: pg.Pool;

  constructor({ url, pool }: PreparedDatabase) {
    this.#outside = pool;
    this.pool = connect(url, { max: 4, applicationName });
    this.store = postgresEventStore(this.pool);
  }

  streamId(stream: string): string {
    return this.run + stream;
  }

  appendsOf(appends: readonly ModelAppend[]) {
    return appends.map(({ stream, expected, labels }) => ({
      streamId: this.streamId(stream),
      expected,
      events: sampleEvents(...labels),
    }));
  }

  async transaction(id: number): Promise<pg.PoolClient> {
    const open = this.transactions.get(id);
    if (open !== undefined) return open;
    // Of another pool, so that cutting the store's connections leaves it alone.
    const client = await this.#outside.connect();
    await client.query('begin');
    this.transactions.set(id, client);
    return client;
  }

  async end(id: number, how: 'commit' | 'rollback'): Promise<void> {
    const client = this.transactions.get(id);
    this.transactions.delete(id);
    await client?.query(how);
    client?.release();
  }

  /** Moves all that was committed into the log. */
  async relay(): Promise<void> {
    const waiting = async () =>
      (await this.#outside.query('select waiting from banyan.relay_outbox(200)')).rows[0].waiting;
    while ((await waiting()) > 0);
  }

  /** What is in the log after a position. */
  async readFeed(after: bigint, options: { limit?: number; streams?: readonly string[] } = {}) {
    const { limit, streams } = options;
    const head = await this.store.head();
    const read: RecordedEvent[] = [];
    if (after >= head) return { events: read, head };
    const filter = streams && { streams: streams.map((stream) => this.streamId(stream)) };
    for await (const { entries, position } of this.store.read({ after, limit, filter, removed: 'skip' })) {
      read.push(...entries);
      if (position >= head) break;
    }
    return { events: read, head };
  }

  /** The last position that was taken, also by an append that came to nothing. */
  async taken(): Promise<bigint> {
    const { rows } = await this.#outside.query(
      'select case when is_called then last_value else 0 end as taken from banyan.event_position',
    );
    return BigInt(rows[0].taken);
  }

  /** Those of other runs too: a later position is never recorded earlier. */
  async age(): Promise<void> {
    await this.#outside.query(`update banyan.events set recorded_at = recorded_at - interval '10 days'`);
  }

  /** Ends all connections of the store. */
  async cut(): Promise<void> {
    await this.#outside.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()',
      [applicationName],
    );
  }

  /** After a cut: until each connection that is lent out is a good one. */
  async recovered(): Promise<void> {
    const tryAll = () =>
      Promise.all([1, 2, 3, 4].map(() => this.pool.query('select 1'))).then(
        () => true,
        () => false,
      );
    await expect.poll(tryAll).toBe(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of [...this.transactions.keys()]) await this.end(id, 'rollback');
    await this.pool.end();
  }
}

/** The code of what a promise fails with; undefined where it succeeds. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
}
