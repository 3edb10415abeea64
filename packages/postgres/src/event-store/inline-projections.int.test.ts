import { type InlineProjectionUnderTest, inlineProjectionContract } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterEach, describe, test } from 'vitest';
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
