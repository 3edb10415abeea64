import { leaseStoreContract } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresLeaseStore } from './postgres-lease-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

leaseStoreContract({ describe, test }, () => ({ store: postgresLeaseStore(database.pool) }));
