import { connect } from '@banyan/postgres';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogueDiff, catalogueDump } from '../../catalogue/catalogue-dump.ts';
import { type TwoDatabases, twoDatabases } from '../../preflight/fixtures/databases.fixture.ts';
import { checkKey } from '../orphans/check-key.ts';
import { readSeamKeys } from '../read-seam-keys.ts';
import { describeStage, enterStage } from './enter-stage.ts';
import { leaveStage } from './leave-stage.ts';
import type { SeamStage } from './seam-stage.ts';

const shop = `
  create table items (id int generated always as identity primary key, title text);
  create table stock (id serial primary key, item int references items on delete cascade, level int default 0 check (level >= 0));
  comment on constraint stock_item_fkey on stock is 'kept';
  create table lines (id int primary key, stock int);
  alter table lines add constraint lines_stock_fkey foreign key (stock) references stock deferrable initially deferred not valid;
  create view low as select id from stock where level < 5;
  grant select on stock to pg_monitor;
  grant update (level) on stock to pg_read_all_stats with grant option;
  insert into items (title) values ('a'), ('b');
  insert into stock (item) values (1), (2);
  insert into lines values (1, 1);`;

let both: TwoDatabases;
let stage: SeamStage;
beforeEach(async () => {
  both = await twoDatabases(shop);
  stage = {
    name: 'stock',
    tables: ['public.stock'],
    schema: 'warehouse',
    role: `warehouse_${both.source.name}`,
    foreignKeys: ['public.stock.stock_item_fkey', 'public.lines.lines_stock_fkey'],
  };
});
afterEach(async () => {
  await both?.source.pool.query(`drop owned by "${stage.role}"; drop role "${stage.role}"`).catch(() => {});
  await both?.[Symbol.asyncDispose]();
});

describe('the seam drawn within one server', () => {
  test('lets the monolith go on under the old names, and the service under its own', async () => {
    const { pool, url } = both.source;
    expect(await enterStage(pool, stage)).toBe(true);
    await pool.query('insert into stock (item) values (1) on conflict do nothing');
    await pool.query('update stock set level = 3 where id = 1');
    await expect(pool.query('update stock set level = -1')).rejects.toThrow(/stock_level_check/);
    expect((await pool.query('select count(*)::int as n from low')).rows).toEqual([{ n: 3 }]);
    // No key holds them together any more.
    await pool.query('delete from items where id = 2');
    expect((await pool.query('select item from warehouse.stock order by id')).rows).toEqual([
      { item: 1 },
      { item: 2 },
      { item: 1 },
    ]);
    const service = connect(url);
    try {
      const client = await service.connect();
      await client.query(`set role "${stage.role}"`);
      await client.query('insert into warehouse.stock (item, level) values (1, 9)');
      await expect(client.query('select from public.items')).rejects.toThrow(/permission denied/);
      client.release(true);
    } finally {
      await service.end();
    }
  });

  test('leaves the catalogues as they were when it is taken back', async () => {
    const { pool } = both.source;
    const before = await catalogueDump(pool);
    await enterStage(pool, stage);
    expect(await enterStage(pool, stage)).toBe(false);
    expect(catalogueDiff(before, await catalogueDump(pool))).not.toEqual([]);
    await pool.query('insert into stock (item) values (1)');
    expect(await leaveStage(pool, 'stock')).toBe(true);
    expect(catalogueDiff(before, await catalogueDump(pool))).toEqual([]);
    expect(await leaveStage(pool, 'stock')).toBe(false);
    const roles = await pool.query('select from pg_roles where rolname = $1', [stage.role]);
    expect(roles.rowCount).toBe(0);
  });

  test('goes back with rows that have lost their parent only when they are mended', async () => {
    const { pool } = both.source;
    const before = await catalogueDump(pool);
    await enterStage(pool, stage);
    await pool.query('delete from items where id = 2');
    await expect(leaveStage(pool, 'stock')).rejects.toMatchObject({
      code: 'orphans-in-the-way',
      message: expect.stringMatching(/Key \(item\)=\(2\) is not present.*banyan split check/),
    });
    // Whatever else is back already, new orphans are refused.
    await expect(pool.query('insert into stock (item) values (77)')).rejects.toThrow(/stock_item_fkey/);
    await pool.query('delete from stock where item = 2');
    expect(await leaveStage(pool, 'stock')).toBe(true);
    expect(catalogueDiff(before, await catalogueDump(pool))).toEqual([]);
  });

  test('gives way to a reader that holds a table, and changes nothing', async () => {
    const { pool } = both.source;
    const before = await catalogueDump(pool);
    const reader = await pool.connect();
    await reader.query('begin; select from stock');
    await expect(enterStage(pool, stage, { lockTimeoutMs: 100 })).rejects.toMatchObject({
      code: 'postgres-lock-not-available',
    });
    await reader.query('rollback');
    reader.release();
    expect(catalogueDiff(before, await catalogueDump(pool))).toEqual([]);
  });

  test('is told of beforehand, and remembers what the dropped keys connected', async () => {
    const { pool } = both.source;
    const before = await catalogueDump(pool);
    const changes = await describeStage(pool, stage);
    expect(changes.map(({ sql }) => sql)).toContain('alter table "public"."stock" set schema "warehouse"');
    expect(catalogueDiff(before, await catalogueDump(pool))).toEqual([]);
    await expect(enterStage(pool, { ...stage, schema: 'public' })).rejects.toMatchObject({
      code: 'schema-exists',
    });
    await enterStage(pool, stage);
    const [key] = await readSeamKeys(pool, ['public.lines.lines_stock_fkey']);
    expect(key).toMatchObject({
      child: { table: 'public.lines', columns: ['stock'] },
      parent: { table: 'warehouse.stock', columns: ['id'] },
    });
  });

  test('holds for any names', async () => {
    const { pool } = both.source;
    await pool.query(`
      create table "Odd 'items'" ("Id ""x""" int primary key);
      create table "Odd.stock" (id int primary key, "Item?" int constraint "Key 'n'" references "Odd 'items'");
      comment on constraint "Key 'n'" on "Odd.stock" is 'it''s \\ kept';
      insert into "Odd 'items'" values (1); insert into "Odd.stock" values (1, 1), (2, null)`);
    const before = await catalogueDump(pool);
    const odd = {
      name: 'odd',
      tables: ['public.Odd.stock'],
      schema: 'Ware "House"',
      foreignKeys: ["public.Odd.stock.Key 'n'"],
    };
    expect(await enterStage(pool, odd)).toBe(true);
    const [key] = await readSeamKeys(pool, odd.foreignKeys);
    expect(await checkKey({ child: pool, parent: pool }, key!, { orphans: 'clean-up' })).toMatchObject({
      checked: 1,
      orphans: 0,
    });
    expect(await leaveStage(pool, 'odd')).toBe(true);
    expect(catalogueDiff(before, await catalogueDump(pool))).toEqual([]);
  });
});
