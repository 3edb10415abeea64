import { aggregateHandlerContract } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { postgresSnapshotStore } from '../snapshot/postgres-snapshot-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

aggregateHandlerContract(
  { describe, test },
  () => ({ store: postgresEventStore(database.pool), snapshots: postgresSnapshotStore(database.pool) }),
  { runs: 3 },
);
