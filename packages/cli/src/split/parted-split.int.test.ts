import type pg from 'pg';
import { expect, test } from 'vitest';
import { splitSystem } from '../testing/split-system.ts';

const items = `create table item (id int primary key, title text not null, left_over int not null check (left_over >= 0), shelf text)`;
const shelves = `
  create table on_shelf (item int primary key, amount int not null check (amount >= 0), shelf text, parted bigint not null default 0)`;
const part = {
  from: 'public.item',
  into: 'public.on_shelf',
  key: { id: 'item' },
  columns: { amount: { from: 'left_over', added: true as const }, shelf: 'shelf' },
};

/** The unchanged monolith: sells one of two items in a transaction of its own tables, and knows nothing of it all. */
async function sell(pool: pg.Pool, ref: number): Promise<void> {
  const client = await pool.connect();
  try {
    const ids = [1 + (ref % 20), 21 + (ref % 20)];
    await client.query('begin');
    await client.query('select from item where id = any ($1) order by id for no key update', [ids]);
    await client.query('update item set left_over = left_over - 1 where id = any ($1)', [ids]);
    await client.query('insert into movement (stock, change, ref) values (1, -2, $1)', [ref]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

test('columns leave a table that the unchanged monolith goes on writing, there and back, and no write of it fails', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(1);
  const { source, target, banyan } = system;
  await source.query(items);
  for (const pool of [source, target]) await pool.query(shelves);
  await source.query(`insert into item select g, 'item ' || g, 100000, 'A' from generate_series(1, 40) g`);
  await system.configure({}, { tables: ['public.on_shelf'], part, routes: [] });
  expect((await banyan('run')).stderr).toMatch(/on_shelf is not filled from public\.item yet/);

  const { stdout: statements } = await banyan('part', '--dry-run');
  expect(statements).toMatch(/create user mapping .*"user" '[^']+', "password" '<password>'/);

  const wrong: string[] = [];
  let [sold, stopping] = [0, false];
  const seller = async (seed: number) => {
    for (let ref = seed; !stopping; ref += 3)
      await sell(source, ref).then(
        () => sold++,
        (error: Error) => wrong.push(error.message),
      );
  };
  const sellers = [1, 2, 3].map(seller);
  const goesOn = async () => {
    const before = sold;
    await expect.poll(() => sold > before + 10 || wrong.length > 0).toBe(true);
  };
  const left = async (pool: pg.Pool, sql: string) => Number((await pool.query(sql)).rows[0].sum);

  expect((await banyan('part')).stdout).toMatch(/40 rows compared: 0 different/);
  expect(await banyan('run')).toMatchObject({ code: 0 });
  for (const action of ['cutover', 'reverse', 'cutover']) {
    expect(await banyan(action), wrong.join('\n')).toMatchObject({ code: 0 });
    await goesOn();
  }
  const status = await banyan('status', '--json');
  // Its writes of the old table find their way by themselves, and are not counted among those that were refused.
  expect(JSON.parse(status.stdout)).toMatchObject({ refused: { source: 0 }, tables: [] });
  expect((await banyan('plan')).stderr).toMatch(/is running: its plan was judged before it began.*status/);
  expect((await banyan('part', '--undo')).stderr).toMatch(
    /is running, and the new table may be the service's/,
  );
  await target.query(`update on_shelf set amount = amount + 500, shelf = 'B' where item = 7`);
  await goesOn();
  stopping = true;
  await Promise.all(sellers);
  expect(wrong).toEqual([]);
  const truth = 40 * 100_000 + 500 - 2 * sold;
  expect(await left(target, 'select sum(amount) from on_shelf')).toBe(truth);
  await expect.poll(() => left(source, 'select sum(left_over) from item')).toBe(truth);
  expect(await left(source, `select count(*) as sum from movement where ref is not null`)).toBe(sold);
  expect((await source.query(`select shelf from item where id = 7`)).rows).toEqual([{ shelf: 'B' }]);
  expect(JSON.parse((await banyan('part', '--json')).stdout)).toMatchObject({ compared: 40, different: 0 });

  for (const action of ['reverse', 'abort']) expect((await banyan(action)).code).toBe(0);
  expect((await banyan('part', '--undo')).stdout).toMatch(/public\.item is one table again/);
  expect(await left(source, 'select sum(left_over) from item')).toBe(truth);
});
