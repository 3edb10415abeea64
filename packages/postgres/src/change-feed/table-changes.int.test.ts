import { describe, expect, test } from 'vitest';
import {
  changesAfter,
  failureOf,
  readUntil,
  snapshotOf,
  source,
  transactionsOf,
} from './fixtures/source.fixture.ts';
import { sourcePosition } from './source-position.ts';

const t =
  "create table t (id integer primary key, price numeric(10,2), note varchar(20)); insert into t values (1, 2.50, 'x')";
const touch = 'update t set price = 3 where id = 1';

describe('a table that is altered', () => {
  test.each([
    ['alter table t drop column price', /column price was dropped/, 'delete from t'],
    ['alter table t rename column price to cost', /column price was renamed/, 'delete from t'],
    ['alter table t alter price type numeric(10,1)', /type of its column price/, touch],
    ['alter table t alter price type integer', /type of its column price/, touch],
    ['alter table t add extra integer default 7', /column extra was added with values/, touch],
    ['alter table t add extra uuid default gen_random_uuid()', /column extra was added with values/, touch],
    [
      'alter table t add extra uuid default gen_random_uuid(); alter table t alter extra drop default',
      /column extra was added with values/,
      touch,
    ],
    [
      'alter table t add extra integer default 7; alter table t alter extra drop default',
      /extra was added/,
      touch,
    ],
    ['alter table t drop column note; alter table t add note varchar(20)', /column note was dropped/, touch],
    [
      'alter table t rename to other',
      /public\.t.* gone or was renamed|not one of the tables/,
      'update other set price = 3',
    ],
    ['drop table t', /gone/, 'select 1'],
    [`drop table t; ${t}`, /dropped and made again/, touch],
    ['alter publication PUB drop table t', /taken out of the publication/, touch],
  ])('ends the reading where rows may have changed without a word: %s', async (change, reason, then) => {
    await using db = await source(t);
    const alter = change.replace('PUB', db.slot);
    const feed = db.feed(['public.t']);
    // While it is followed,
    const after = await snapshotOf(feed);
    const following = failureOf(feed, after);
    await db.pool.query('insert into t values (2, 1, null)');
    await db.pool.query(alter);
    await db.pool.query(then);
    const failure = await following;
    expect(failure).toMatchObject({ name: 'Terminal', code: 'table-changed' });
    expect(failure.message).toMatch(reason);
    expect(failure.message).toMatch(/reset the subscription/);
    // and when the reader comes back later.
    expect(await failureOf(feed, after)).toMatchObject({ code: 'table-changed' });
  });

  test('is followed where a column was added empty, also after a restart and a VACUUM FULL', async () => {
    await using db = await source(t);
    const feed = db.feed(['public.t']);
    const after = await snapshotOf(feed);
    await db.pool.query(`update t set note = 'before'`);
    await db.pool.query('alter table t add extra integer');
    await db.pool.query('update t set extra = 5');
    const row = { id: '1', price: '2.50', note: 'before' };
    const expected = [
      { op: 'update', table: 'public.t', row },
      { op: 'update', table: 'public.t', row: { ...row, extra: '5' } },
    ];
    let end = after;
    const now = await sourcePosition(db.pool);
    const entries = await readUntil(feed, after, ({ position }) => {
      end = position;
      return position >= now;
    });
    expect(transactionsOf(entries).flatMap(({ changes }) => changes)).toEqual(expected);
    await db.pool.query('vacuum full t');
    await db.pool.query('delete from t');
    expect(await changesAfter(db, db.feed(['public.t']), end)).toEqual([
      { op: 'delete', table: 'public.t', old: { id: '1' } },
    ]);
  });

  test('is read again after a reset, as it is then', async () => {
    await using db = await source(t);
    const feed = db.feed(['public.t']);
    const after = await snapshotOf(feed);
    await db.pool.query('alter table t rename column price to cost');
    expect(await failureOf(feed, after)).toMatchObject({ code: 'table-changed' });
    const entries = await readUntil(feed, 0n, ({ position }) => position > 0n);
    expect(entries[1]).toMatchObject({ rows: [{ id: '1', cost: '2.50', note: 'x' }] });
  });
});

describe('a publication', () => {
  test('that was gone for a while ends the reading, because changes are missing', async () => {
    await using db = await source(t);
    const feed = db.feed(['public.t'], { heartbeatMs: 60_000 });
    const after = await snapshotOf(feed);
    await db.pool.query(
      `create table keep as select obj_description(oid, 'pg_publication') note from pg_publication where pubname = '${db.slot}'`,
    );
    await db.pool.query(`drop publication ${db.slot}`);
    expect(await failureOf(feed, after)).toMatchObject({ name: 'Terminal', code: 'publication-missing' });
    await db.pool.query(touch);
    await db.pool.query(`create publication ${db.slot} for table t`);
    expect(await failureOf(feed, after)).toMatchObject({ name: 'Terminal', code: 'publication-changed' });
    await db.pool.query(
      `do $$ begin execute format('comment on publication ${db.slot} is %L', (select note from keep)); end $$`,
    );
    await db.pool.query(touch);
    const failure = await failureOf(feed, after);
    expect(failure).toMatchObject({ name: 'Terminal', code: 'publication-missing' });
    expect(failure.message).toMatch(/had none for a while.*Reset the subscription/);
  });

  test('of other tables than are asked for ends the reading, because theirs were never sent', async () => {
    await using db = await source(`${t}; create table more (id integer primary key)`);
    const after = await snapshotOf(db.feed(['public.t']));
    const failure = await failureOf(db.feed(['public.t', 'public.more']), after);
    expect(failure).toMatchObject({ name: 'Terminal', code: 'publication-changed' });
    expect(failure.message).toMatch(/public\.more.*Reset the subscription/);
  });
});
