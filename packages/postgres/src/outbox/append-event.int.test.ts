import { collectStream, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { inTransaction } from '../transaction.ts';
import { relayOutbox } from './relay-outbox.ts';

describe('an event that is appended in SQL', () => {
  let database: PreparedDatabase;
  const clerk = uniqueName('clerk');
  beforeAll(async () => {
    database = await preparedDatabase();
    await database.pool.query(`create role "${clerk}"; create table orders (id text); grant insert on orders to "${clerk}";
      grant usage on schema banyan to "${clerk}"; grant insert on banyan.outbox to "${clerk}";
      grant select on banyan.streams, banyan.events to "${clerk}"`);
  });
  afterAll(async () => {
    await database.pool.query(`drop owned by "${clerk}"; drop role "${clerk}"`);
    await database[Symbol.asyncDispose]();
  });

  /** What a client with few rights sends as one message. */
  const asClerk = (sql: string) =>
    inTransaction(database.pool, (client) => client.query(`set local role "${clerk}"; ${sql}`));

  test('is in the log with what else the transaction wrote, in order, or not at all', async () => {
    const store = postgresEventStore(database.pool);
    await using _relay = relayOutbox(database.pool);
    const [kept, lost] = [uniqueName('kept'), uniqueName('lost')];
    await expect(
      asClerk(
        `insert into orders values ('${lost}'); select banyan.append_event('${lost}', 'Placed'); select 1/0`,
      ),
    ).rejects.toThrow(/division/);
    await asClerk(`insert into orders values ('${kept}');
      select banyan.append_event('${kept}', 'Placed', '{"amount": 3}');
      select banyan.append_event('${kept}', 'Paid', null, schema_version => 2, command_id => '${kept}')`);
    await asClerk(`select banyan.append_event('${kept}', 'Paid', command_id => '${kept}')`);
    await asClerk(`select banyan.append_event('${kept}', 'Shipped')`);
    await expect.poll(() => collectStream(store, kept)).toHaveLength(3);
    const events = await collectStream(store, kept);
    expect(events).toMatchObject([
      { type: 'Placed', version: 1, schemaVersion: 1, data: { amount: 3 } },
      { type: 'Paid', version: 2, schemaVersion: 2, data: null },
      { type: 'Shipped', version: 3, schemaVersion: 1, data: {} },
    ]);
    for (const { metadata, recordedAt } of events) {
      expect(metadata).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        correlationId: metadata.id,
        at: new Date(metadata.at).toISOString(),
      });
      expect(Math.abs(Date.parse(metadata.at) - recordedAt!.getTime())).toBeLessThan(60_000);
    }
    expect(await collectStream(store, lost)).toEqual([]);
    const { rows } = await database.pool.query('select id from orders');
    expect(rows).toEqual([{ id: kept }]);
  });

  test.each([
    [`'', 'Placed'`, 'A stream id has 1 to 500 characters; one of 0 was given.'],
    [`repeat('x', 501), 'Placed'`, 'A stream id has 1 to 500 characters; one of 501 was given.'],
    [`'order-1', null`, 'A type of an event has 1 to 255 characters; null was given.'],
    [
      `'order-1', 'Placed', '{}', 0`,
      'The schema version of Placed in order-1 is a whole number from 1, not 0.',
    ],
    [`'order-1', 'Placed', command_id => ''`, 'A command id has 1 to 255 characters; one of 0 was given.'],
    [
      `'order-1', 'Placed', to_jsonb(repeat('x', 16 * 1024 * 1024))`,
      'An append has about 16777216 characters at most; one of 16777218 was given: keep large things elsewhere.',
    ],
  ])('is refused at once where the log could not keep it: %s', async (values, sentence) => {
    await expect(asClerk(`select banyan.append_event(${values})`)).rejects.toThrow(sentence);
  });

  test('is refused where its stream is closed', async () => {
    const store = postgresEventStore(database.pool);
    await using _relay = relayOutbox(database.pool);
    const streamId = uniqueName('closed');
    await asClerk(`select banyan.append_event('${streamId}', 'Placed')`);
    await expect.poll(() => collectStream(store, streamId)).toHaveLength(1);
    await store.closeStream(streamId, 1);
    await expect(asClerk(`select banyan.append_event('${streamId}', 'Paid')`)).rejects.toThrow(
      `Stream ${streamId} was closed at version 1 and takes no more events: begin another stream.`,
    );
  });
});
