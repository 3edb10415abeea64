import { deadLetterStoreContract } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresDeadLetterStore } from './postgres-dead-letter-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

deadLetterStoreContract({ describe, test }, () => ({
  checkpoints: postgresCheckpointStore(database.pool),
  deadLetters: postgresDeadLetterStore(database.pool, { limit: 5 }),
  limit: 5,
}));
