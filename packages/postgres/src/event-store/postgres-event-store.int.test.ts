import { eventStoreContract, feedContract, labelOf, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

eventStoreContract({ describe, test }, () => postgresEventStore(database.pool));

feedContract({ describe, test }, async () => {
  const store = postgresEventStore(database.pool);
  return {
    feed: store,
    start: await store.head(),
    write: (label) =>
      store.append([{ streamId: uniqueName('feed'), expected: 'any', events: sampleEvents(label) }]),
    labelsOf: (event) => [labelOf(event)],
  };
});
