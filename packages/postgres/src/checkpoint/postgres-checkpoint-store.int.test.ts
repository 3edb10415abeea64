import { checkpointStoreContract } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { postgresLeaseStore } from '../lease/postgres-lease-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresCheckpointStore } from './postgres-checkpoint-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
  await database.pool.query('create table written (value text)');
});
afterAll(() => database[Symbol.asyncDispose]());

checkpointStoreContract({ describe, test }, () => ({
  store: postgresCheckpointStore(database.pool),
  leases: postgresLeaseStore(database.pool),
  write: async (tx, value) => {
    await tx.query('insert into written values ($1)', [value]);
  },
  written: async (prefix) => {
    const { rows } = await database.pool.query<{ value: string }>(
      'select value from written where starts_with(value, $1)',
      [prefix],
    );
    return rows.map(({ value }) => value);
  },
}));
