import { type EventStore, projection } from '@banyan/runtime';
import {
  collectStream,
  type InlineProjectionUnderTest,
  inlineProjectionContract,
  sampleEvents,
} from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase | undefined;
afterEach(() => database?.[Symbol.asyncDispose]());

inlineProjectionContract({ describe, test }, async (): Promise<InlineProjectionUnderTest<pg.PoolClient>> => {
  database = await preparedDatabase();
  const { pool } = database;
  await pool.query('create table projected (number bigint generated always as identity, value text)');
  return {
    storeWith: (inline) => postgresEventStore(pool, { inline }),
    checkpoints: postgresCheckpointStore(pool),
    write: async (tx, value) => {
      await tx.query('insert into projected (value) values ($1)', [value]);
    },
    written: async (prefix) => {
      const { rows } = await pool.query<{ value: string }>(
        'select value from projected where starts_with(value, $1) order by number',
        [prefix],
      );
      return rows.map(({ value }) => value);
    },
  };
});

test('a process that is frozen in the middle of an inline projection holds up others for some seconds only', async () => {
  database = await preparedDatabase();
  const { pool } = database;
  let thaw = () => {};
  const thawed = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const frozen = projection<Record<string, never>, pg.PoolClient>({
    name: 'frozen',
    on: { Sampled: async () => await thawed } as never,
    reset: async () => {},
  });
  const append = (store: EventStore, streamId: string) =>
    store.append([{ streamId, expected: 'absent', events: sampleEvents('a') }]);
  const doubtful = append(postgresEventStore(pool, { inline: [frozen] }), 'frozen-1').catch(
    (error: unknown) => error,
  );
  const locked = `select from pg_locks where locktype = 'advisory' and granted
    and database = (select oid from pg_database where datname = current_database())`;
  await expect.poll(async () => (await pool.query(locked)).rowCount).toBe(1);
  await append(postgresEventStore(pool), 'other-1');
  thaw();
  expect(await doubtful).toMatchObject({ retryable: true });
  expect(await collectStream(postgresEventStore(pool), 'frozen-1')).toEqual([]);
});
