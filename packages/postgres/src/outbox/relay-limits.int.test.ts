import { sampleEvents, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { relayOutbox } from './relay-outbox.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

/** Into the outbox, an append each; the server itself makes what is large. */
async function appendLarge(streamId: string, appends: number, characters: number): Promise<void> {
  const append = [{ s: streamId, x: -1, e: [{ t: 'Large', v: 1, d: '?', m: {} }] }];
  await database.pool.query(
    `insert into banyan.outbox (append)
     select jsonb_set($1::jsonb, '{0,e,0,d}', to_jsonb(n || repeat('x', $3))) from generate_series(1, $2) as n`,
    [JSON.stringify(append), appends, characters],
  );
}

async function moved(streamId: string): Promise<{ events: number; transactions: number; most: number }> {
  const { rows } = await database.pool.query(
    `select sum(n)::integer as events, count(*)::integer as transactions, max(n)::integer as most
     from (select count(*) as n from banyan.events where stream_id = $1 group by xmin::text) as t`,
    [streamId],
  );
  return rows[0];
}

const waiting = async () =>
  Number((await database.pool.query('select count(*) from banyan.outbox')).rows[0].count);

const drained = () => expect.poll(waiting, { timeout: 60_000, interval: 100 }).toBe(0);

test('appends that are too large to be moved at once are moved one after the other, in order', async () => {
  const streamId = uniqueName('large');
  await appendLarge(streamId, 20, 14 * 1024 * 1024);
  await using _relay = relayOutbox(database.pool);
  await drained();
  expect(await moved(streamId)).toEqual({ events: 20, transactions: 20, most: 1 });
  const { rows } = await database.pool.query(
    `select substring(data #>> '{}', '^[0-9]+')::integer as n from banyan.events where stream_id = $1 order by position`,
    [streamId],
  );
  expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
}, 120_000);

test('no more events hold the lock of the log at once than one append may have', async () => {
  const streamId = uniqueName('many');
  const store = postgresEventStore(database.pool);
  const events = sampleEvents(...Array.from({ length: 4000 }, (_, index) => `${index}`));
  for (let append = 1; append <= 5; append += 1)
    await store.appendWithin(database.pool, [{ streamId, expected: 'any', events }]);
  await using _relay = relayOutbox(database.pool);
  await drained();
  expect(await moved(streamId)).toEqual({ events: 20_000, transactions: 3, most: 8000 });
}, 120_000);
