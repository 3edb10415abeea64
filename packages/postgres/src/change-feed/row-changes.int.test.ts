import { randomUUID } from 'node:crypto';
import type { ChangeEntry } from '@banyan/runtime';
import { describe, expect, test } from 'vitest';
import { changesAfter, failureOf, readUntil, snapshotOf, source } from './fixtures/source.fixture.ts';

const large = 'large '.repeat(2000);

describe('what a change carries', () => {
  test.each([
    ['the primary key', '', { id: '1' }],
    ['an index', 'alter table t replica identity using index t_code_key', { code: 'a' }],
    ['the whole row', 'alter table t replica identity full', { id: '1', code: 'a', note: 'x' }],
  ])('a delete names the row by its replica identity: %s', async (_, identity, old) => {
    await using db = await source(`
      create table t (id integer primary key, code text not null unique, note text); ${identity};
      insert into t values (1, 'a', 'x')`);
    const feed = db.feed(['public.t']);
    const after = await snapshotOf(feed);
    await db.pool.query("update t set note = 'x'; delete from t");
    const changes = await changesAfter(db, feed, after);
    expect(changes.at(-1)).toEqual({ op: 'delete', table: 'public.t', old });
  });

  test('an update of the key tells the key before it, and one that leaves it alone does not', async () => {
    await using db = await source(`create table t (a integer, b integer, note text, primary key (a, b));
      insert into t values (1, 1, 'x')`);
    const feed = db.feed(['public.t']);
    const after = await snapshotOf(feed);
    await db.pool.query("update t set note = 'y'; update t set b = 2");
    expect(await changesAfter(db, feed, after)).toEqual([
      { op: 'update', table: 'public.t', row: { a: '1', b: '1', note: 'y' } },
      { op: 'update', table: 'public.t', row: { a: '1', b: '2', note: 'y' }, old: { a: '1', b: '1' } },
    ]);
  });

  test('a large value that did not change is left out, or filled in where the whole old row is sent', async () => {
    await using db = await source(`
      create table plain (id integer primary key, note text, big text);
      create table whole (id integer primary key, note text, big text);
      alter table plain alter big set storage external; alter table whole alter big set storage external;
      alter table whole replica identity full;
      insert into plain values (1, 'x', '${large}'); insert into whole values (1, 'x', '${large}')`);
    const feed = db.feed(['public.plain', 'public.whole']);
    const after = await snapshotOf(feed);
    await db.pool.query("update plain set note = 'y'; update whole set note = 'y', id = 2");
    expect(await changesAfter(db, feed, after)).toEqual([
      { op: 'update', table: 'public.plain', row: { id: '1', note: 'y' } },
      {
        op: 'update',
        table: 'public.whole',
        row: { id: '2', note: 'y', big: large },
        old: { id: '1', note: 'x', big: large },
      },
    ]);
  });

  test('a row that takes a new key without its large value being in the log is refused, with the remedy', async () => {
    await using db = await source(`create table t (id integer primary key, big text);
      alter table t alter big set storage external; insert into t values (1, '${large}')`);
    const feed = db.feed(['public.t']);
    const after = await snapshotOf(feed);
    await db.pool.query('update t set id = 2');
    const failure = await failureOf(feed, after);
    expect(failure).toMatchObject({ name: 'Terminal', code: 'unchanged-value-unknown' });
    expect(failure.message).toMatch(/value of big .* alter table public\.t replica identity full/);
  });

  test('any name of schema, table and column arrives as it is, and generated columns do not', async () => {
    const table = 'odd "schema.Ta.ble\'s';
    await using db = await source(`create schema "odd ""schema"; create table "odd ""schema"."Ta.ble's"
      ("Key ""1""" integer primary key, "a.b" text, "constructor" text,
       twice integer generated always as ("Key ""1""" * 2) stored);
      insert into "odd ""schema"."Ta.ble's" values (1, 'x', 'y')`);
    const feed = db.feed([table]);
    const row = { 'Key "1"': '1', 'a.b': 'x', constructor: 'y' };
    const entries: ChangeEntry[] = await readUntil(feed, 0n, ({ position }) => position > 0n);
    expect(entries[1]).toMatchObject({ kind: 'snapshot-rows', table, rows: [row] });
    await db.pool.query(`update "odd ""schema"."Ta.ble's" set "a.b" = 'z'`);
    const changes = await changesAfter(db, feed, entries[0]!.position);
    expect(changes).toEqual([{ op: 'update', table, row: { ...row, 'a.b': 'z' } }]);
  });

  test('a truncate of several tables empties each of them, and none that is not followed', async () => {
    await using db = await source(
      'create table a (id integer primary key); create table b (id integer primary key); create table c (id integer)',
    );
    const feed = db.feed(['public.a', 'public.b']);
    const after = await snapshotOf(feed);
    await db.pool.query('truncate a, b, c');
    const changes = await changesAfter(db, feed, after);
    expect(changes).toHaveLength(2);
    expect(changes).toEqual(
      expect.arrayContaining(['public.a', 'public.b'].map((table) => ({ op: 'truncate', table }))),
    );
  });

  test('a value is the same text in the snapshot and in the log, whatever the session is set to', async () => {
    const values = `true, 'ab'::char(5), '10.0.0.1'::inet, 1.1::float4, 'infinity'::float8, 1.50::numeric(6,2), '\\xdeadbeef'::bytea,
      '2024-02-29 12:00+05'::timestamptz, '2024-02-29'::date, '1 year 2 days 03:04:05'::interval, array['a', null, 'b"c'],
      '{"a": 1}'::jsonb, '{"a":  1}'::json, '[1,5)'::int4range, 'ünï €𝄞', 'c'::"char", 'n'::name, '<a/>'::xml, B'101', 9223372036854775807`;
    await using db = await source(`create table t as select 1 as id, v.* from (values (${values})) v;
      alter table t add primary key (id)`);
    await db.pool.query(`do $$ begin execute format('alter role %I in database %I set datestyle = ''SQL, DMY''', current_user, current_database());
      execute format('alter role %I in database %I set timezone = ''Asia/Tokyo''', current_user, current_database());
      execute format('alter role %I in database %I set bytea_output = ''escape''', current_user, current_database()); end $$`);
    const feed = db.feed(['public.t']);
    const entries: ChangeEntry[] = await readUntil(feed, 0n, ({ position }) => position > 0n);
    await db.pool.query('update t set id = 2');
    const [change] = await changesAfter(db, feed, entries[0]!.position);
    const [, rows] = entries;
    if (rows?.kind !== 'snapshot-rows' || change?.op !== 'update')
      throw new Error('rows and an update expected');
    expect(change.row).toEqual({ ...rows.rows[0], id: '2' });
    expect(rows.rows[0]).toMatchObject({
      column1: 't',
      column2: 'ab   ',
      column3: '10.0.0.1',
      column8: '2024-02-29 07:00:00+00',
    });
  });

  test('a transaction comes as a whole with its savepoints, and nothing comes of what was rolled back', async () => {
    await using db = await source('create table t (id integer primary key)');
    const feed = db.feed(['public.t']);
    const after = await snapshotOf(feed);
    const session = await db.session();
    await session.query(`begin; insert into t values (1); savepoint a; insert into t values (2); rollback to a;
      insert into t values (3); release a; insert into t values (4); commit`);
    await session.query('begin; insert into t values (5); rollback');
    // It outlives its session, and nobody on this server can make a slot while it is there.
    const prepared = `'test ${randomUUID()}'`;
    await session.query(`begin; insert into t values (6); prepare transaction ${prepared}`);
    const entries = await readUntil(feed, after, ({ entries }) => entries.length > 0).finally(() =>
      session.query(`rollback prepared ${prepared}`),
    );
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      changes: ['1', '3', '4'].map((id) => ({ op: 'insert', row: { id } })),
    });
  });
});
