import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TwoDatabases, twoDatabases } from '../../preflight/fixtures/databases.fixture.ts';
import { checkKey } from './check-key.ts';

const key = {
  name: 'public.stock.fk',
  child: { table: 'public.stock', columns: ['item', 'part'] },
  parent: { table: 'public.items', columns: ['id', 'part'] },
};

let both: TwoDatabases;
beforeEach(async () => {
  both = await twoDatabases(
    `create table items (id int, part text, primary key (part, id));
     insert into items select g, 'p' from generate_series(1, 5000) g`,
    `create table stock (id int primary key, item int, part text, gone_at timestamptz, filler text default repeat('x', 200));
     insert into stock (id, item, part) select g, g, 'p' from generate_series(1, 5000) g;
     insert into stock (id, item, part) values (5001, 7777, null), (5002, null, null), (5003, 1, 'q'), (5004, 1, 'q')`,
  );
  await both.source.pool.query('delete from items where id in (10, 4000)');
});
afterEach(() => both?.[Symbol.asyncDispose]());

const pools = () => ({ child: both.target.pool, parent: both.source.pool });
const rows = async (where: string) =>
  (await both.target.pool.query(`select id from stock where ${where} order by id`)).rows.map(({ id }) => id);

test('rows without a parent in the other database are counted and named, and nothing is done about them', async () => {
  const found = await checkKey(pools(), key, { orphans: 'clean-up' });
  expect(found).toMatchObject({ checked: 5002, orphans: 4, changed: 0 });
  const samples = found.samples.map(({ key: value, rows: times }) => `${value.join(' ')}: ${times}`);
  expect(samples.sort()).toEqual(['1 q: 2', '10 p: 1', '4000 p: 1']);
  expect(await rows('true')).toHaveLength(5004);
});

test('they are marked once, with the time', async () => {
  const rule = { orphans: 'mark', column: 'gone_at' } as const;
  expect(await checkKey(pools(), key, rule, { apply: true, graceMs: 0 })).toMatchObject({
    orphans: 4,
    changed: 4,
  });
  expect(await rows('gone_at is not null')).toEqual([10, 4000, 5003, 5004]);
  expect(await checkKey(pools(), key, rule, { apply: true, graceMs: 0 })).toMatchObject({
    orphans: 4,
    changed: 0,
  });
});

test('they are deleted, but for those whose parent was on its way', async () => {
  const { pool } = both.source;
  const checking = checkKey(pools(), key, { orphans: 'clean-up' }, { apply: true, graceMs: 1_500 });
  await pool.query(`insert into items values (1, 'q')`);
  const found = await checking;
  expect(found.changed).toBeLessThanOrEqual(2);
  expect(await rows('id in (10, 4000, 5001, 5002, 5003, 5004)')).toEqual([5001, 5002, 5003, 5004]);
});

test('they are allowed', async () => {
  const found = await checkKey(pools(), key, { orphans: 'allow' }, { apply: true });
  expect(found).toMatchObject({ orphans: 4, changed: 0 });
});
