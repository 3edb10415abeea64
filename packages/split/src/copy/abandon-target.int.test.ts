import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { closeFence } from '../fence/close-fence.ts';
import type { SplitPlan } from '../plan/split-plan.ts';
import { prepareSides } from '../sides/prepare-side.ts';
import { runStatements } from '../sides/run-statements.ts';
import { openSides } from '../sides/sides.ts';
import { abandonTarget } from './abandon-target.ts';
import { refuseReferenced } from './references-to-target.ts';

const tables = `
  create table stock (id int primary key);
  insert into stock values (1), (100);
  create table shelf (number int primary key, stock int references stock on delete cascade)`;

/** A target with a copy and with a table of the service's own that refers to it. */
async function copied(where?: string) {
  const database = await testDatabase();
  const sides = openSides({ source: { url: database.url }, target: { url: database.url } });
  const { pool } = sides.target;
  const table = { name: 'public.stock', ...(where === undefined ? {} : { where }) };
  const plan: SplitPlan = { name: 'copied', service: 'warehouse', tables: [table] };
  await pool.query(tables);
  await runStatements(
    sides,
    prepareSides(plan).filter(({ on }) => on === 'target'),
  );
  await closeFence(sides, plan, 'target');
  return {
    pool,
    abandon: () => abandonTarget(sides, plan),
    refuse: () => refuseReferenced(pool, plan),
    rows: async (of: string) => (await pool.query(`select * from ${of} order by 1`)).rows,
    async [Symbol.asyncDispose]() {
      await sides[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('rows that refer to a copy are not taken along when it is given up, and keep it until they are gone', async () => {
  await using service = await copied();
  await service.pool.query('insert into shelf values (7, 1)');
  await expect(service.abandon()).rejects.toMatchObject({
    code: 'rows-referenced',
    message: expect.stringContaining('alter table shelf drop constraint shelf_stock_fkey;'),
  });
  expect(await service.rows('shelf')).toEqual([{ number: 7, stock: 1 }]);
  await service.pool.query('delete from shelf');
  await service.abandon();
  expect(await service.rows('stock')).toEqual([]);
});

test('rows that are taken away start no trigger of the service but those that they started when they came', async () => {
  await using service = await copied('id < 100');
  await service.pool.query(`
    create table heard (said text);
    create function hear() returns trigger language plpgsql as $$ begin insert into heard values (tg_name); return null; end $$;
    create trigger hears after delete on stock for each row execute function hear();
    create trigger always_hears after delete on stock for each row execute function hear();
    create trigger sleeps after delete on stock for each row execute function hear();
    alter table stock enable always trigger always_hears; alter table stock disable trigger sleeps`);
  await service.abandon();
  expect(await service.rows('stock')).toEqual([{ id: 100 }]);
  expect(await service.rows('heard')).toEqual([{ said: 'always_hears' }]);
  expect(
    await service.rows(
      `(select tgname as name, tgenabled as how from pg_trigger where tgrelid = 'stock'::regclass and not tgisinternal) t`,
    ),
  ).toEqual([
    { name: 'always_hears', how: 'A' },
    { name: 'banyan_fence', how: 'O' },
    { name: 'banyan_fence_rows', how: 'O' },
    { name: 'hears', how: 'O' },
    { name: 'sleeps', how: 'D' },
  ]);
});

test('rows of its own beside a part that is copied a service may refer to', async () => {
  await using service = await copied('id < 100');
  await service.pool.query('insert into shelf values (7, 100)');
  await service.refuse();
  await service.abandon();
  expect(await service.rows('stock')).toEqual([{ id: 100 }]);
  expect(await service.rows('shelf')).toEqual([{ number: 7, stock: 100 }]);
});
