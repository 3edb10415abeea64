import type { EventStore, RecordedEvent } from '@banyan/runtime';
import { collectStream, labelOf, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { relayOutbox } from './relay-outbox.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
  await database.pool.query('create table orders (id text)');
});
afterAll(() => database[Symbol.asyncDispose]());

async function connected(begin = 'begin'): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: database.url });
  // A test may end it.
  client.on('error', () => undefined);
  await client.connect();
  if (begin !== '') await client.query(begin);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

const facts = (streamId: string, ...labels: string[]) =>
  [{ streamId, expected: 'any', events: sampleEvents(...labels) }] as const;

async function follow(store: EventStore, after: bigint, count: number): Promise<RecordedEvent[]> {
  const seen: RecordedEvent[] = [];
  for await (const { entries } of store.read({ after })) {
    seen.push(...entries);
    if (seen.length >= count) break;
  }
  return seen;
}

const waiting = async () =>
  Number((await database.pool.query('select count(*) from banyan.outbox')).rows[0].count);

describe("an append within a caller's transaction", () => {
  test('is in the log once the caller has committed, with what else the caller wrote', async () => {
    const store = postgresEventStore(database.pool);
    const [streamId, start] = [uniqueName('order'), await store.head()];
    await using client = await connected();
    await client.query('insert into orders values ($1)', [streamId]);
    await store.appendWithin(client, facts(streamId, 'placed', 'paid'));
    expect(await collectStream(store, streamId)).toEqual([]);
    await client.query('commit');
    expect((await follow(store, start, 2)).map(labelOf)).toEqual(['placed', 'paid']);
    expect((await collectStream(store, streamId)).map(({ version }) => version)).toEqual([1, 2]);
  });

  test('never is in the log when the caller rolls back', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    await using client = await connected();
    await store.appendWithin(client, facts(uniqueName('never'), 'never'));
    await client.query('rollback');
    await store.append(facts(uniqueName('after'), 'after'));
    await using _relay = relayOutbox(database.pool);
    expect((await follow(store, start, 1)).map(labelOf)).toEqual(['after']);
    expect(await waiting()).toBe(0);
  });

  test('delays nobody while the caller keeps its transaction open, and comes in order when it commits', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const held = uniqueName('held');
    await using holder = await connected();
    await store.appendWithin(holder, facts(held, 'held 1'));
    await store.append(facts(held, 'outside 1'));
    await using other = await connected();
    await store.appendWithin(other, facts(held, 'other'));
    await other.query('commit');
    expect((await follow(store, start, 2)).map(labelOf)).toEqual(['outside 1', 'other']);
    await store.appendWithin(holder, facts(held, 'held 2'));
    await store.append(facts(held, 'outside 2'));
    await holder.query('commit');
    const labels = (await follow(store, start, 5)).map(labelOf);
    expect(labels).toEqual(['outside 1', 'other', 'outside 2', 'held 1', 'held 2']);
    expect((await collectStream(store, held)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
  });

  test('works in a transaction of any isolation level, and in none', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    await using client = await connected('begin isolation level serializable');
    await store.appendWithin(client, facts(uniqueName('serializable'), 'a'));
    await client.query('commit');
    await store.appendWithin(client, facts(uniqueName('autocommit'), 'b'));
    expect((await follow(store, start, 2)).map(labelOf)).toEqual(['a', 'b']);
  });

  test('takes effect once for a command id, also beside an append outside', async () => {
    const store = postgresEventStore(database.pool);
    const [start, streamId, commandId] = [await store.head(), uniqueName('once'), uniqueName('command')];
    await using client = await connected('');
    await store.appendWithin(client, facts(streamId, 'first'), { commandId });
    await store.appendWithin(client, facts(streamId, 'second'), { commandId });
    await follow(store, start, 1);
    await expect.poll(waiting).toBe(0);
    const later = await store.append(facts(streamId, 'third'), { commandId });
    expect(later.repeated).toBe(true);
    expect((await collectStream(store, streamId)).map(labelOf)).toEqual(['first']);
  });

  test('is refused when it expects something, and the transaction can go on', async () => {
    const store = postgresEventStore(database.pool);
    await using client = await connected();
    await expect(
      store.appendWithin(client, [{ streamId: 's', expected: 'absent', events: sampleEvents('a') }]),
    ).rejects.toMatchObject({ code: 'expected-in-transaction' });
    await client.query('insert into orders values (1); commit');
  });
});

describe('relays', () => {
  test('move each append once and in order, though many race while writers commit', async () => {
    const pools = [1, 2, 3].map(() => connect(database.url, { max: 3 }));
    const relays = pools.map((pool) => relayOutbox(pool));
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const write = async (writer: number) => {
      await using client = await connected('');
      for (let turn = 0; turn < 25; turn++) {
        await client.query('begin');
        await store.appendWithin(client, facts(`writer-${writer}`, `${turn} a`));
        await store.appendWithin(client, facts(`other-${writer}`, `${turn} b`));
        await client.query(turn % 5 === 4 ? 'rollback' : 'commit');
      }
    };
    await Promise.all([1, 2, 3, 4].map(write));
    const seen = await follow(store, start, 4 * 20 * 2);
    await expect.poll(waiting).toBe(0);
    expect(await store.head()).toBe(seen.at(-1)!.position);
    const kept = Array.from({ length: 25 }, (_, turn) => turn).filter((turn) => turn % 5 !== 4);
    for (const writer of [1, 2, 3, 4]) {
      const own = seen.filter(({ streamId }) => streamId.endsWith(`-${writer}`)).map(labelOf);
      expect(own).toEqual(kept.flatMap((turn) => [`${turn} a`, `${turn} b`]));
    }
    for (const each of relays) await each[Symbol.asyncDispose]();
    await Promise.all(pools.map((pool) => pool.end()));
  });

  test('that are killed in the middle lose nothing and double nothing', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const pool = connect(database.url, { applicationName: 'doomed relay' });
    await using killer = await connected('');
    const writing = (async () => {
      for (let turn = 0; turn < 150; turn++)
        await store.appendWithin(database.pool, facts('killed-1', String(turn)));
    })();
    await using _relay = relayOutbox(pool);
    for (let kill = 0; kill < 8; kill++) {
      // A relay that is under way or waits for the log.
      await killer.query(`select pg_advisory_lock(hashtextextended('banyan events banyan', 0))`);
      const doomed = `select pid from pg_stat_activity
        where application_name = 'doomed relay' and query like '%relay_outbox%' and state = 'active'`;
      await killer.query(`select pg_terminate_backend(pid) from (${doomed}) as relays`);
      await killer.query('select pg_advisory_unlock_all()');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    const seen = await follow(store, start, 150);
    expect(seen.map(labelOf)).toEqual(Array.from({ length: 150 }, (_, turn) => String(turn)));
    await expect.poll(waiting).toBe(0);
    expect(await store.head()).toBe(seen.at(-1)!.position);
    await _relay[Symbol.asyncDispose]();
    await pool.end();
  });

  test('find what nobody was told of', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const reading = follow(store, start, 1);
    const [event] = sampleEvents('silent');
    const append = JSON.stringify([
      { s: uniqueName('silent'), x: -1, e: [{ t: event!.type, v: 1, d: event!.data, m: event!.metadata }] },
    ]);
    await database.pool.query('insert into banyan.outbox (append) values ($1)', [append]);
    expect((await reading).map(labelOf)).toEqual(['silent']);
  });

  test('tell what fails, and go on when it is over', async () => {
    const errors: string[] = [];
    const store = postgresEventStore(database.pool);
    await database.pool.query('alter table banyan.outbox rename to outbox_away');
    await using _relay = relayOutbox(database.pool, { onError: ({ code }) => errors.push(code) });
    await expect.poll(() => errors).toContain('postgres-42P01');
    await database.pool.query('alter table banyan.outbox_away rename to outbox');
    const streamId = uniqueName('again');
    await store.appendWithin(database.pool, facts(streamId, 'a'));
    await expect.poll(() => collectStream(store, streamId), { timeout: 10_000 }).toHaveLength(1);
  });

  test('look past what was moved once, not again and again, while somebody else keeps it from being cleared away', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    await using report = await connected('begin isolation level repeatable read');
    await report.query('select count(*) from banyan.outbox');
    await using early = await connected();
    await store.appendWithin(early, facts(uniqueName('early'), 'early'));
    const { rows } = await database.pool.query('select last_value as taken from banyan.outbox_id_seq');
    for (let turn = 0; turn < 5; turn++)
      await store.appendWithin(database.pool, facts('moved-1', String(turn)));
    const floor = async () => {
      await database.pool.query(`update banyan.outbox_floor set looked_at = '-infinity'`);
      await database.pool.query('select banyan.relay_outbox(200)');
      return (await database.pool.query('select floor from banyan.outbox_floor')).rows[0].floor;
    };
    expect((await follow(store, start, 5)).map(labelOf)).toEqual(['0', '1', '2', '3', '4']);
    // What is not committed yet may have a lower id than what was moved.
    for (let turn = 0; turn < 3; turn++) {
      expect(BigInt(await floor())).toBeLessThan(BigInt(rows[0].taken));
    }
    await early.query('commit');
    expect((await follow(store, start, 6)).map(labelOf).at(-1)).toBe('early');
    await expect.poll(floor).toBe(String(BigInt(rows[0].taken) + 5n));
    expect(await waiting()).toBe(0);
  });
});
