import { projectionContract } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresCheckpointStore } from './postgres-checkpoint-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
  await database.pool.query(
    'create table projected (number bigint generated always as identity, value text)',
  );
});
afterAll(() => database[Symbol.asyncDispose]());

projectionContract({ describe, test }, () => ({
  store: postgresEventStore(database.pool),
  checkpoints: postgresCheckpointStore(database.pool),
  write: async (tx, value) => {
    await tx.query('insert into projected (value) values ($1)', [value]);
  },
  clear: async (tx, prefix) => {
    await tx.query('delete from projected where starts_with(value, $1)', [prefix]);
  },
  written: async (prefix) => {
    const { rows } = await database.pool.query<{ value: string }>(
      'select value from projected where starts_with(value, $1) order by number',
      [prefix],
    );
    return rows.map(({ value }) => value);
  },
}));
