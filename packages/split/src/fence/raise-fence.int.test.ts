import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SplitPlan } from '../plan/split-plan.ts';
import { prepareSides } from '../sides/prepare-side.ts';
import { runStatements } from '../sides/run-statements.ts';
import { openSides, type Sides } from '../sides/sides.ts';
import { removeFence } from './open-fence.ts';
import { fenceOwner } from './raise-fence.ts';
import { refusedWrites } from './refused-writes.ts';
import { sealFence } from './seal-fence.ts';

const plan: SplitPlan = {
  name: 'w',
  service: 'warehouse',
  tables: [{ name: 'public.stock' }, { name: 'public.Odd "items"' }],
};
const options = { token: 't', limitMs: 60_000, drainMs: 300, openTransactions: 'wait' } as const;
const refused = { code: '55000', message: expect.stringMatching(/belongs to the service warehouse/) };

describe('the fence of an owner', { timeout: 60_000 }, () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let sides: Sides;
  let pool: pg.Pool;

  beforeEach(async () => {
    database = await testDatabase();
    pool = connect(database.url);
    sides = openSides({ source: { url: database.url }, target: { url: database.url } });
    await pool.query(
      'create table stock (id int primary key); create table "Odd ""items""" (id int primary key)',
    );
    await runStatements(sides, prepareSides(plan));
  });

  afterEach(async () => {
    await pool.end();
    await sides[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test('refuses every kind of write with the sentence, lets a feed pass, and counts', async () => {
    await pool.query('insert into stock values (1)');
    await fenceOwner(sides, plan, 'source', options);
    const writes = [
      'insert into stock values (2)',
      'update stock set id = 3',
      'delete from stock where false',
      'truncate stock',
      `merge into stock using (values (1)) v(id) on v.id = stock.id when matched then delete`,
      'with gone as (delete from stock returning id) select * from gone',
      'insert into "Odd ""items""" values (1)',
    ];
    for (const sql of writes) await expect(pool.query(sql), sql).rejects.toMatchObject(refused);
    expect(await refusedWrites(sides, plan, 'source')).toBe(writes.length);
    expect((await pool.query('select * from stock for update')).rowCount).toBe(1);
    await pool.query(
      'begin; set local session_replication_role = replica; insert into stock values (9); commit',
    );
    await removeFence(sides, plan, 'source');
    await pool.query('delete from stock');
    expect((await pool.query(`select from pg_trigger where tgname ~ 'banyan'`)).rowCount).toBe(0);
  });

  test('lapses by itself unless it was sealed in time', async () => {
    const { until } = await fenceOwner(sides, plan, 'source', { ...options, limitMs: 300 });
    await expect(pool.query('insert into stock values (1)')).rejects.toMatchObject(refused);
    const insert = () =>
      pool.query('insert into stock values (1)').then(
        () => true,
        () => false,
      );
    await expect.poll(insert).toBe(true);
    await expect(sealFence(sides, plan, 'source', until)).rejects.toMatchObject({ code: 'fence-lapsed' });
    const again = await fenceOwner(sides, plan, 'source', options);
    await sealFence(sides, plan, 'source', again.until);
    await expect(pool.query('insert into stock values (2)')).rejects.toMatchObject(refused);
  });

  test('keeps out a transaction that looked at the tables before, whatever its isolation', async () => {
    const client = await pool.connect();
    await client.query('begin isolation level repeatable read; select * from stock');
    const { until } = await fenceOwner(sides, plan, 'source', options);
    await sealFence(sides, plan, 'source', until);
    await expect(client.query('insert into stock values (1)')).rejects.toMatchObject(refused);
    client.release(true);
  });

  test('names who keeps the tables, lets others write meanwhile, and ends them where that is the policy', async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    await client.query(`set application_name = 'nightly'; begin; insert into stock values (1)`);
    await expect(fenceOwner(sides, plan, 'source', options)).rejects.toMatchObject({
      code: 'tables-busy',
      message: expect.stringMatching(/held by nightly \(process \d+, open for \d+ s\)/),
    });
    await pool.query('insert into stock values (2)');
    const fence = await fenceOwner(sides, plan, 'source', { ...options, openTransactions: 'end' });
    expect(fence).toMatchObject({ ended: 1 });
    await expect(client.query('commit')).rejects.toThrow();
    client.release(true);
    expect((await pool.query('select id from stock')).rows).toEqual([{ id: 2 }]);
  });

  test('names a prepared transaction, which only its coordinator may end', async (context) => {
    const { rows } = await pool.query('show max_prepared_transactions');
    if (rows[0].max_prepared_transactions === '0')
      context.skip('the server has max_prepared_transactions = 0');
    const gid = `order ${database.name}`;
    await pool.query(`begin; insert into stock values (1); prepare transaction '${gid}'`);
    const ending = fenceOwner(sides, plan, 'source', { ...options, openTransactions: 'end' });
    await expect(ending).rejects.toMatchObject({
      code: 'tables-busy',
      message: expect.stringContaining(`the prepared transaction ${gid}`),
    });
    await pool.query(`commit prepared '${gid}'`);
    expect((await fenceOwner(sides, plan, 'source', options)).ended).toBe(0);
  });
});
