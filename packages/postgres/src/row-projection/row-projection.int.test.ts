import { awaitPosition, type Projection, project, type RecordedEvent, type Schemas } from '@banyan/runtime';
import { sampleEvents } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { randomFrom } from '../change-feed/fixtures/random.fixture.ts';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { rebuildProjection } from '../rebuild/rebuild-projection.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { type RowEffect, rows } from './row-effect.ts';
import { rowProjection } from './row-projection.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
const NAME = 'boards';

let database: PreparedDatabase;
beforeEach(async () => {
  database = await preparedDatabase();
});
afterEach(() => database[Symbol.asyncDispose]());

/** Does to the rows what the events say. */
const following = (definition: {
  tables: string;
  effects: (event: RecordedEvent) => unknown;
}): Projection<Schemas, pg.PoolClient> =>
  rowProjection<Schemas>({
    name: NAME,
    tables: [...definition.tables.matchAll(/create table (\w+)/g)].map(([, name]) => name!),
    lanes: 3,
    create: async (tx) => void (await tx.query(definition.tables)),
    on: { Sampled: (event) => definition.effects(event) as RowEffect },
  });

/** Writes events with these data, to a stream each names. */
async function write(all: readonly (readonly [streamId: string, data: unknown])[]): Promise<bigint> {
  const store = postgresEventStore(database.pool);
  let position = 0n;
  for (const [streamId, data] of all) {
    const events = sampleEvents('x').map((event) => ({ ...event, data }));
    ({ position } = await store.append([{ streamId, expected: 'any', events }]));
  }
  return position;
}

/** Runs a projection until it is at `position`. */
async function follow(projection: Projection<Schemas, pg.PoolClient>, position: bigint, limit: number) {
  const { pool } = database;
  const checkpoints = postgresCheckpointStore(pool);
  await using running = project(projection, { feed: postgresEventStore(pool), checkpoints, limit });
  await Promise.race([awaitPosition(checkpoints, NAME, position, { timeoutMs: 45_000 }), running.done]);
}

const read = async (text: string) => (await database.pool.query(text)).rows;

describe('a projection of rows', () => {
  test(`keeps the same rows one by one, in batches, and rebuilt (SEED=${SEED})`, async () => {
    const { below, pick } = randomFrom(SEED);
    const tables = `create table boards (area text, id integer, title text not null default 'none', note text,
        number bigint not null default 0, primary key (area, id));
      create table links (board text primary key, seen integer)`;
    const projection = following({
      tables,
      effects: ({ streamId, data }) => {
        const { op, value } = data as { op: string; value: number };
        const key = { area: streamId, id: value % 3 };
        if (op === 'title') return rows.upsert('boards', key, { title: `title ${value}` });
        if (op === 'note')
          return rows.upsert('boards', key, { note: value % 2 === 0 ? null : `note\t${value}\\` });
        if (op === 'add')
          return [
            rows.add('boards', key, { number: value }),
            rows.add('links', { board: streamId }, { seen: 1 }),
          ];
        if (op === 'remove') return rows.remove('boards', key);
        return undefined;
      },
    });
    await database.pool.query(tables);
    const events = Array.from({ length: 400 }, (): [string, unknown] => [
      `s-${below(5)}`,
      { op: pick(['title', 'note', 'add', 'add', 'remove', 'nothing']), value: below(50) },
    ]);
    const all = () => read('select * from boards order by area, id');
    const end = await write(events);
    await follow(projection, end, 1);
    const [oneByOne, links] = [await all(), await read('select * from links order by board')];
    expect(oneByOne.length).toBeGreaterThan(5);
    await database.pool.query(`delete from boards; delete from links; delete from banyan.subscriptions`);
    await follow(projection, end, 100);
    expect(await all()).toEqual(oneByOne);
    for (const limit of [7, 1_000]) {
      await rebuildProjection(database.pool, { projection, limit });
      expect(await all()).toEqual(oneByOne);
      expect(await read('select * from links order by board')).toEqual(links);
    }
  });

  test('takes every type alike whether rows are copied or written', async () => {
    const tables = `create type mood as enum ('good', 'bad');
      create table kinds (id text primary key, t text, n numeric, b boolean, at timestamptz, j jsonb, js json, raw bytea, tags text[],
        numbers integer[], feels mood, big bigint, code char(3))`;
    const row = {
      t: 'tab\t line\n return\r back\\slash \\N "quoted" \'single\' 日本',
      n: '12.30',
      b: true,
      at: new Date('2024-02-29T12:00:00.123Z'),
      j: { a: [1, null, 'x\\y'] },
      js: 'text',
      raw: new Uint8Array([0, 255, 16]),
      tags: ['a', 'b "c"\\', null],
      numbers: [1, 2],
      feels: 'bad',
      big: 9_007_199_254_740_993n,
      code: 'ab',
    };
    const { create, ...projection } = following({
      tables,
      effects: ({ streamId }) => [
        rows.upsert('kinds', { id: streamId }, row),
        rows.upsert('kinds', { id: `${streamId} empty` }, { t: null }),
      ],
    });
    await database.pool.query(tables);
    const end = await write([['k-1', {}]]);
    await follow(projection, end, 500);
    const written = await read('select * from kinds order by id');
    expect(written[0]).toEqual({
      id: 'k-1',
      ...row,
      big: '9007199254740993',
      raw: Buffer.from([0, 255, 16]),
      code: 'ab ',
    });
    await rebuildProjection(database.pool, { projection });
    expect(await read('select * from kinds order by id')).toEqual(written);
    void create;
  });

  test('is filled by a statement when it is rebuilt, and goes on behind that with its handlers', async () => {
    const tables = 'create table boards (id text primary key, number bigint not null)';
    const projection = {
      ...following({
        tables,
        effects: ({ streamId }) => rows.add('boards', { id: streamId }, { number: 1 }),
      }),
      fill: async (tx: pg.PoolClient, events: string) => {
        await tx.query(`insert into boards select stream_id, count(*) from ${events} group by stream_id`);
        await write([['b', {}]]);
      },
    };
    await database.pool.query(tables);
    await follow(
      projection,
      await write([
        ['a', {}],
        ['b', {}],
      ]),
      500,
    );
    const rebuilt = await rebuildProjection(database.pool, { projection });
    expect(rebuilt).toMatchObject({ position: 3n, switched: true });
    expect(await read('select * from boards order by id')).toEqual([
      { id: 'a', number: '1' },
      { id: 'b', number: '2' },
    ]);
    const wrong = {
      ...projection,
      fill: async (tx: pg.PoolClient) => void (await tx.query('delete from public.boards')),
    };
    await expect(rebuildProjection(database.pool, { projection: wrong })).rejects.toMatchObject({
      code: 'projection-wrote-elsewhere',
    });
    expect(await read('select count(*)::integer as count from boards')).toEqual([{ count: 2 }]);
  });

  test('makes rows that others refer to first and removes them last', async () => {
    const tables = `create table boards (id text primary key);
      create table links (id text primary key, board text not null references boards)`;
    const projection = following({
      tables,
      effects: ({ streamId, data }) =>
        (data as { op: string }).op === 'make'
          ? [
              rows.upsert('links', { id: streamId }, { board: streamId }),
              rows.upsert('boards', { id: streamId }),
            ]
          : [rows.remove('boards', { id: streamId }), rows.remove('links', { id: streamId })],
    });
    await database.pool.query(tables);
    await follow(
      projection,
      await write([
        ['a', { op: 'make' }],
        ['b', { op: 'make' }],
      ]),
      500,
    );
    await follow(projection, await write([['a', { op: 'remove' }]]), 500);
    expect(await read('select * from links')).toEqual([{ id: 'b', board: 'b' }]);
    await database.pool.connect().then(async (client) => {
      await projection.reset(client);
      client.release();
    });
    expect(await read('select * from boards')).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['something else than rows', Promise.resolve(), 'row-effects'],
    ['a table that is not listed', rows.upsert('other', { id: 1 }), 'row-table'],
    ['a column that is not there', rows.upsert('boards', { id: 1 }, { nothing: 1 }), 'no-column'],
  ])('ends with the reason when a handler gives %s', async (_what, effect, code) => {
    const tables = 'create table boards (id integer primary key)';
    await database.pool.query(tables);
    const projection = following({ tables, effects: () => effect });
    await expect(follow(projection, await write([['a', {}]]), 500)).rejects.toMatchObject({ code });
    await expect(rebuildProjection(database.pool, { projection })).rejects.toMatchObject({ code });
  });
});
