import { readdir, readFile } from 'node:fs/promises';
import {
  collectStream,
  eventStoreContract,
  feedContract,
  labelOf,
  sampleEvents,
  uniqueName,
} from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { prepareDatabase } from '../prepare-database.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { withSmallPartitions } from '../testing/small-partitions.ts';
import { testDatabase } from '../testing/test-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
  await withSmallPartitions(database.pool);
});
afterAll(() => database[Symbol.asyncDispose]());

const partitionNames = async (pool: pg.Pool) => {
  const { rows } = await pool.query(
    `select relid::regclass::text as name from pg_partition_tree('banyan.events') where isleaf`,
  );
  return rows.map(({ name }) => name as string);
};

describe('on many small partitions', () => {
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
});

test('there is always a whole partition ahead, made beside the appends', async () => {
  await using own = await preparedDatabase();
  await withSmallPartitions(own.pool, 10);
  const store = postgresEventStore(own.pool);
  const append = () =>
    store.append([{ streamId: 'one', expected: 'any', events: sampleEvents('x', 'y', 'z') }]);
  expect(await partitionNames(own.pool)).toEqual(['banyan.events_from_1', 'banyan.events_from_11']);
  for (let turn = 1; turn <= 5; turn++) await append();
  await expect.poll(() => partitionNames(own.pool)).toContain('banyan.events_from_21');
  for (let turn = 1; turn <= 5; turn++) await append();
  await expect.poll(() => partitionNames(own.pool)).toContain('banyan.events_from_31');
  expect((await collectStream(store, 'one')).map(({ version }) => version)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 1),
  );
});

test('the size of partitions holds for those that are made from then on, and is not too small', async () => {
  await using own = await preparedDatabase();
  await prepareDatabase(own.pool, { partitionSize: 100_000 });
  await own.pool.query(`select setval('banyan.event_position', 20000000)`);
  await own.pool.query('select banyan.make_partitions()');
  expect(await partitionNames(own.pool)).toContain('banyan.events_from_20000001');
  expect(await partitionNames(own.pool)).not.toContain('banyan.events_from_20100001');
  await expect(prepareDatabase(own.pool, { partitionSize: 99_999 })).rejects.toMatchObject({
    code: 'partition-size',
  });
});

test('an append that finds no partition makes the next ones', async () => {
  await using own = await preparedDatabase();
  await withSmallPartitions(own.pool, 10);
  await own.pool.query(`select setval('banyan.event_position', 35)`);
  const store = postgresEventStore(own.pool);
  const append = (streamId: string) =>
    store.append([{ streamId, expected: 'absent', events: sampleEvents('a', 'b') }]);
  await Promise.all(['one', 'two', 'three'].map(append));
  expect((await collectStream(store, 'three')).map(labelOf)).toEqual(['a', 'b']);
});

test('many processes make each partition once', async () => {
  await using own = await preparedDatabase();
  await withSmallPartitions(own.pool, 20);
  const pools = [1, 2, 3].map(() => connect(own.url, { max: 2 }));
  await Promise.all(
    pools.map(async (pool, number) => {
      const store = postgresEventStore(pool);
      for (let turn = 0; turn < 30; turn++)
        await store.append([
          { streamId: `s-${number}`, expected: turn, events: sampleEvents('a', 'b').slice(0, 1) },
        ]);
    }),
  );
  expect(await postgresEventStore(own.pool).head()).toBeGreaterThanOrEqual(90n);
  await Promise.all(pools.map((pool) => pool.end()));
});

test('the events of an earlier release are kept, with their positions and versions', async () => {
  await using empty = await testDatabase();
  const pool = connect(empty.url);
  await prepareEarlier(pool, 7);
  const earlier = JSON.stringify(
    ['a', 'b', 'b'].map((s, index) => [
      {
        s,
        x: -1,
        e: [{ t: 'Kept', v: 1, d: { label: `event ${index}` }, m: sampleEvents('m')[0]!.metadata }],
      },
    ]),
  );
  await pool.query('select banyan.append($1, null)', [earlier]);
  await prepareDatabase(pool);
  const store = postgresEventStore(pool);
  expect((await collectStream(store, 'b')).map(({ position, version }) => [position, version])).toEqual([
    [2n, 1],
    [3n, 2],
  ]);
  const next = await store.append([{ streamId: 'b', expected: 2, events: sampleEvents('c') }]);
  expect(next).toEqual({ versions: [3], position: 4n });
  expect((await collectStream(store, 'b')).map(labelOf)).toEqual(['event 1', 'event 2', 'c']);
  await pool.end();
});

/** Prepares a database as a release did that knew so many migrations. */
async function prepareEarlier(pool: pg.Pool, count: number): Promise<void> {
  const folder = new URL('../../sql/', import.meta.url);
  await pool.query(`create schema banyan;
    create table banyan.migrations (number integer primary key, name text not null, applied_at timestamptz not null default now())`);
  for (const name of (await readdir(folder)).sort().slice(0, count)) {
    const sql = await readFile(new URL(name, folder), 'utf8');
    await pool.query(
      sql
        .replaceAll(':"schema"', 'banyan')
        .replaceAll(`:'schema'`, `'banyan'`)
        .replaceAll(`:'sequence'`, `'banyan.event_position'`),
    );
    await pool.query('insert into banyan.migrations (number, name) values ($1, $2)', [
      Number(name.slice(0, 4)),
      name,
    ]);
  }
}
