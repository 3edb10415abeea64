import { snapshotStoreContract, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresSnapshotStore } from './postgres-snapshot-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

snapshotStoreContract({ describe, test }, () => postgresSnapshotStore(database.pool));

test('a database that was not prepared is named as the reason', async () => {
  const store = postgresSnapshotStore(database.pool, { schema: 'nowhere' });
  await expect(store.load(uniqueName('none'), { stateVersion: 1 })).rejects.toThrow('nowhere.snapshots');
});
