import { Invalid, Unavailable } from '@banyan/runtime';
import { collectStream, labelOf, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const others = `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
const appends = `${others} and wait_event = 'advisory' and query like '%append%'`;

async function connected(): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

describe('an event store on connections that break', () => {
  test('an append whose server process is killed fails, writes nothing, and the next one succeeds', async () => {
    const store = postgresEventStore(database.pool);
    const streamId = uniqueName('killed');
    // Whatever fails below, the lock goes with the connection.
    await using killer = await connected();
    // The session's lock, because within a transaction the list of sessions would stay as it was first seen.
    await killer.query(`select pg_advisory_lock(hashtextextended('banyan events banyan', 0))`);
    const append = store.append([{ streamId, expected: 'absent', events: sampleEvents('lost') }]);
    const failed = expect(append).rejects.toMatchObject({ code: 'append-outcome-unknown', retryable: true });
    await expect.poll(async () => (await killer.query(appends)).rowCount).toBe(1);
    await killer.query(`select pg_terminate_backend(pid) from (${appends}) as mid_append`);
    await failed;
    await killer.query('select pg_advisory_unlock_all()');

    await store.append([{ streamId, expected: 'absent', events: sampleEvents('kept') }]);
    expect((await collectStream(store, streamId)).map(labelOf)).toEqual(['kept']);
  });

  test('a follower goes on after all its connections were cut', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const first = uniqueName('first');
    const second = uniqueName('second');
    await store.append([{ streamId: first, expected: 'any', events: sampleEvents('a') }]);
    const seen: string[] = [];
    for await (const { entries } of store.read({ after: start })) {
      seen.push(...entries.map(({ streamId }) => streamId));
      if (seen.length === 2) break;
      const killer = await connected();
      await killer.query(`select pg_terminate_backend(pid) from (${others}) as everybody`);
      await killer.end();
      const append = () =>
        store.append([{ streamId: second, expected: 'absent', events: sampleEvents('b') }]);
      // Every connection of the pool was cut, and each may be the next one that is tried.
      await expect.poll(() => append().then(Boolean, () => false)).toBe(true);
    }
    expect(seen).toEqual([first, second]);
  });

  test('a follower finds an event whose notification was lost', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const reading = (async () => {
      for await (const { entries } of store.read({ after: start })) return entries[0]!.streamId;
    })();
    const streamId = uniqueName('silent');
    await database.pool.query(
      `with silent as (select nextval('banyan.event_position') as position)
       insert into banyan.events (position, stream, stream_id, version, type, schema_version, data, metadata)
       select position, position, $1, 1, 'Silent', 1, '{}', '{}' from silent`,
      [streamId],
    );
    expect(await reading).toBe(streamId);
  });

  test('an event that the database can not keep fails only its own append', async () => {
    const store = postgresEventStore(database.pool);
    const append = (label: string) =>
      store.append([{ streamId: uniqueName('mixed'), expected: 'any', events: sampleEvents(label) }]);
    const outcomes = await Promise.allSettled(['first', 'fine', 'bad \u0000', 'fine too'].map(append));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((outcomes[2] as PromiseRejectedResult).reason).toBeInstanceOf(Invalid);
  });

  test('a queue that is full refuses at once', async () => {
    const store = postgresEventStore(database.pool);
    const holder = await connected();
    await holder.query(`begin; select pg_advisory_xact_lock(hashtextextended('banyan events banyan', 0))`);
    const append = () =>
      store.append([{ streamId: uniqueName('full'), expected: 'any', events: sampleEvents('x') }]);
    const waiting = Array.from({ length: 20_001 }, append);
    await expect(append()).rejects.toMatchObject({ code: 'append-queue-full' });
    await expect(append()).rejects.toBeInstanceOf(Unavailable);
    await holder.query('commit');
    await holder.end();
    await Promise.all(waiting);
  });
});
