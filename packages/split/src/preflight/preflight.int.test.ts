import { connect } from '@banyan/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TwoDatabases, twoDatabases } from './fixtures/databases.fixture.ts';
import { knotsAtSource, knotsAtTarget, knottedTables } from './fixtures/knots.fixture.ts';
import { preflight } from './preflight.ts';
import type { Problem } from './problem.ts';

const plain = 'create table items (id int primary key, title text)';
const plan = { name: 'shop', service: 'shop', tables: [{ name: 'public.items' }] };

const knots = { name: 'knots', service: 'shop', tables: knottedTables.map((name) => ({ name })) };

/** Nothing was seen to cross. */
const quiet = { statements: [], transactions: { seconds: 60, together: [] } };

/** What others do on the same server while tests run, and what is said of the oldest version. */
const elsewhere = ['slot-unread', 'longer-pause'];

describe('a source that is fit', () => {
  test('has neither errors nor warnings, and is left as it was', async () => {
    await using both = await twoDatabases(plain, plain);
    const feed = connect(both.source.url, { max: 1, applicationName: 'banyan split_other_to_target' });
    await feed.query('select');
    const found = await preflight(both.source.url, both.target.url, plan, quiet).finally(() => feed.end());
    const kinds = found.map(({ kind }) => kind).filter((kind) => !elsewhere.includes(kind));
    expect(kinds).toEqual(['room', 'same-server', 'writer']);
    expect((await both.source.pool.query('select from pg_publication')).rowCount).toBe(0);
  });

  test('is read while a writer holds its rows', async () => {
    await using both = await twoDatabases(plain, plain);
    const writer = await both.source.pool.connect();
    try {
      await writer.query('begin; insert into items values (1)');
      const found = await preflight(both.source.url, both.target.url, { ...plan, longTransactionSeconds: 0 });
      expect(found.map(({ kind }) => kind)).toContain('transaction-open');
    } finally {
      await writer.query('rollback');
      writer.release();
    }
  });
});

describe('a source with one of everything that stands in the way', () => {
  let both: TwoDatabases;
  let found: readonly Problem[];

  beforeAll(async () => {
    both = await twoDatabases(knotsAtSource, knotsAtTarget);
    found = await preflight(both.source.url, both.target.url, knots, quiet);
  });
  afterAll(() => both?.[Symbol.asyncDispose]());

  test('is told of each, the worst first', () => {
    const told = found
      .filter(({ kind }) => !elsewhere.includes(kind))
      .map(({ severity, kind, object }) => `${severity} ${kind} ${object}`)
      .filter((line) => !line.includes('test_'));
    expect(told).toEqual([
      'error extension-missing lo',
      'error extension-missing pg_trgm',
      'error generated-column public.computed.gross',
      'error generated-identity public.computed_key',
      'error identity-whole-row public.loose',
      'error inherited public.stem',
      'error inherits public.child',
      'error large-object public.pictures.number',
      'error large-object public.pictures.picture',
      'error name-taken public.named',
      'error not-a-table public.seen',
      'error partitions public.years',
      'error rewrite-rule public.ruled',
      'error sequence-shared public.numbers',
      'error shapes-differ public.pictures',
      'error shapes-differ public.taken',
      'error table-missing public.nowhere',
      'error table-unlogged public.fast',
      'error table-without-key public.heap',
      'error target-has-rows public.filled',
      'error target-table-missing public.moods',
      'error target-table-missing public.searched',
      'error target-without-key public.keyed',
      'error type-differs public.size',
      'error type-missing public.mood',
      'error type-missing public.price',
      'warning default-missing public.bills.id',
      'warning default-missing public.bills.serial',
      'warning event-trigger watch',
      'warning partition public.y1',
      'warning published public.named',
      'warning row-security public.secret',
      'warning sequence-not-owned public.lonely',
      'note long-values public.long_texts',
      'note writer postgres banyan',
    ]);
  });

  test('has remedies that can be run as they stand, after which nothing is told of them any more', async () => {
    const atSource = [
      'table-unlogged',
      'sequence-shared',
      'sequence-not-owned',
      'inherited',
      'inherits',
      'rewrite-rule',
    ];
    const atTarget = [
      ...['extension-missing', 'type-differs', 'type-missing', 'target-has-rows', 'target-without-key'],
      'default-missing',
    ];
    const statements = (kinds: readonly string[]) =>
      found
        .filter(({ kind, remedy }) => kinds.includes(kind) && !remedy.includes('...'))
        .map(({ remedy }) => /\b(?:alter|create|drop|select|truncate) .*;$/.exec(remedy)![0]);
    await both.source.pool.query('insert into bills values (41), (42)');
    await both.target.pool.query('create sequence numbers; create sequence lonely');
    for (const sql of statements(atSource)) await both.source.pool.query(sql);
    for (const sql of statements(atTarget)) await both.target.pool.query(sql);
    const again = await preflight(both.source.url, both.target.url, knots, quiet);
    const left = again.filter(
      ({ kind, remedy }) => [...atSource, ...atTarget].includes(kind) && !remedy.includes('...'),
    );
    expect(left.map(({ kind, object }) => `${kind} ${object}`)).toEqual([]);
    expect((await both.source.pool.query('insert into bills default values returning id')).rows).toEqual([
      { id: 43 },
    ]);
  });
});

describe('a table that the preflight lets pass', () => {
  const shapes = {
    keyed: 'id int primary key, v int',
    heap: 'id int, v int',
    postponed: 'id int primary key deferrable, v int',
    generated_key: 'id int, v int, k int generated always as (id) stored primary key',
    generated_beside: 'id int primary key, v int, k int generated always as (v) stored',
    whole_row: 'id int, v int',
    whole_row_generated: 'id int, v int, k int generated always as (v) stored',
    by_index: 'id int not null unique, v int',
    by_lost_index: 'id int not null unique, v int',
    by_generated_index: 'id int not null, v int, k int generated always as (id) stored not null unique',
  };
  const names = Object.keys(shapes);
  const setUp = `
    ${names.map((name) => `create table ${name} (${shapes[name as keyof typeof shapes]}); insert into ${name} (id, v) values (1, 1), (2, 2);`).join('\n')}
    alter table whole_row replica identity full;
    alter table whole_row_generated replica identity full;
    alter table by_index replica identity using index by_index_id_key;
    alter table by_lost_index replica identity using index by_lost_index_id_key;
    alter table by_lost_index drop constraint by_lost_index_id_key;
    alter table by_generated_index replica identity using index by_generated_index_k_key;`;

  test('can be published without its own UPDATE and DELETE failing', async () => {
    await using both = await twoDatabases(setUp, setUp.replaceAll(/insert.*$/gm, ''));
    const tables = names.map((name) => `public.${name}`);
    const found = await preflight(both.source.url, both.target.url, {
      name: 'shapes',
      service: 'shop',
      tables: tables.map((name) => ({ name })),
    });
    const refused = new Set(found.filter(({ severity }) => severity === 'error').map(({ object }) => object));
    const passed = tables.filter((name) => !refused.has(name));
    expect(passed).toEqual(
      expect.arrayContaining(['public.keyed', 'public.generated_beside', 'public.by_index']),
    );
    expect(refused).toContain('public.heap');
    const pool = connect(both.source.url);
    try {
      for (const name of passed) await pool.query(`create publication ${name.slice(7)} for table ${name}`);
      for (const name of passed) {
        await pool.query(`update ${name} set v = v + 1, id = id + 10 where id = 1`);
        await pool.query(`delete from ${name}`);
      }
    } finally {
      await pool.end();
    }
  });
});
