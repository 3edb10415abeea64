import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EventStore, RecordedEvent } from '@banyan/runtime';
import { sampleEvents, uniqueName } from '@banyan/runtime/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { testDatabase } from '../testing/test-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const appendOne = (store: EventStore, streamId: string, label = 'x') =>
  store.append([{ streamId, expected: 'any', events: sampleEvents(label) }]);

/** Reads until `count` events were seen; fails by the test's time-out. */
async function follow(store: EventStore, after: bigint, count: number): Promise<RecordedEvent[]> {
  const seen: RecordedEvent[] = [];
  for await (const { entries } of store.read({ after })) {
    seen.push(...entries);
    if (seen.length >= count) break;
  }
  return seen;
}

async function openWriteTransaction(url: string, statement: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`begin; ${statement}`);
  await client.query('select pg_current_xact_id()');
  return client;
}

describe('the order of positions', () => {
  test('an idle open write transaction, here or in another database, hides nothing and stalls nobody', async () => {
    await using other = await testDatabase();
    await database.pool.query('create table if not exists somebody (id integer)');
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const before = await appendOne(store, uniqueName('before'));
    const here = await openWriteTransaction(database.url, 'insert into somebody values (1)');
    const there = await openWriteTransaction(other.url, 'create table somebody (id integer)');
    const after = await appendOne(store, uniqueName('after'));

    const seen = await follow(store, start, 2);
    expect(seen.map(({ position }) => position)).toEqual([before.position, after.position]);
    await Promise.all([here.end(), there.end()]);
  });

  test('a follower sees every append of several processes once, in order', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const processes = ['one', 'two', 'three'].map((name) => startAppending(name, 20, 10));
    const seen = await follow(store, start, 3 * 20 * 10);
    const codes = await Promise.all(processes);

    expect(codes).toEqual([0, 0, 0]);
    const positions = seen.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].sort((one, two) => (one < two ? -1 : 1)));
    const { rows } = await database.pool.query(
      'select count(*)::int as n from banyan.events where position > $1',
      [start],
    );
    expect(rows[0].n).toBe(seen.length);
    for (const name of ['one', 'two', 'three']) {
      const own = seen.filter(({ streamId }) => streamId === `hot-${name}`).map(({ version }) => version);
      expect(own).toEqual(own.map((_, index) => index + 1));
    }
  });

  test('a follower of many pools that append to one stream misses nothing', async () => {
    const pools = [1, 2, 3, 4].map(() => connect(database.url, { max: 2 }));
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const streamId = uniqueName('shared');
    const seen = follow(store, start, 4 * 50);
    await Promise.all(
      pools.map(async (pool) => {
        const own = postgresEventStore(pool);
        await Promise.all(Array.from({ length: 50 }, () => appendOne(own, streamId)));
      }),
    );
    const versions = (await seen).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
    await Promise.all(pools.map((pool) => pool.end()));
  });

  test('an append in an open transaction of its caller is waited for, not skipped', async () => {
    const store = postgresEventStore(database.pool);
    const start = await store.head();
    const lock = `select pg_advisory_xact_lock(hashtextextended('banyan events banyan', 0))`;
    const holder = await openWriteTransaction(database.url, lock);
    const waiting = appendOne(store, uniqueName('waiting'));
    await untilWaiting(1);
    const batch = JSON.stringify([
      [
        {
          s: uniqueName('holder'),
          x: -1,
          e: [{ t: 'Held', v: 1, d: {}, m: sampleEvents('h')[0]!.metadata }],
        },
      ],
    ]);
    const held = await holder.query('select at_position from banyan.append($1, null)', [batch]);
    await holder.query('commit');
    const { position } = await waiting;
    const seen = await follow(store, start, 2);
    expect(seen.map((event) => event.position)).toEqual([BigInt(held.rows[0].at_position), position]);
    await holder.end();
  });
});

const waitingAppends = `select pid from pg_stat_activity
  where datname = current_database() and wait_event = 'advisory' and query like '%append%'`;

async function untilWaiting(count: number): Promise<readonly number[]> {
  return expect
    .poll(async () => (await database.pool.query(waitingAppends)).rowCount, { timeout: 10_000 })
    .toBe(count)
    .then(async () =>
      (await database.pool.query<{ pid: number }>(waitingAppends)).rows.map(({ pid }) => pid),
    );
}

/** A process that appends to a stream of its own from several callers at once; gives its exit code. */
async function startAppending(name: string, rounds: number, callers: number): Promise<number> {
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { connect } from ${url('../connect.ts')};
    import { postgresEventStore } from ${url('./postgres-event-store.ts')};
    const pool = connect(process.argv[1]);
    const store = postgresEventStore(pool);
    const event = { type: 'Tried', data: {}, schemaVersion: 1, metadata: { id: 'i', correlationId: 'c', at: '' } };
    for (let round = 0; round < ${rounds}; round++) {
      await Promise.all(Array.from({ length: ${callers} }, (_, caller) =>
        store.append([{ streamId: caller % 2 ? 'hot-${name}' : 'cold-${name}-' + round + '-' + caller, expected: 'any', events: [event] }])));
    }
    await pool.end();`;
  const flags = ['--import', 'tsx', '--conditions=banyan-source', '--input-type=module', '--eval', script];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const child = spawn(process.execPath, [...flags, database.url], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  return code;
}
