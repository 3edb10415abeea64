import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogueDiff, catalogueDump } from '../catalogue/catalogue-dump.ts';
import { comparePart, enterPart, leavePart } from './enter-part.ts';
import type { Part } from './part.ts';

const tables = `
  create table items (id int primary key, title text not null, price numeric(10, 2) not null, stock int not null check (stock >= 0), shelf text);
  create table "Stock" (item_id int primary key, on_hand int not null check (on_hand >= 0), place text, cents bigint not null, parted bigint not null default 0)`;

describe('a table that two contexts write, made two', { timeout: 60_000 }, () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  let pool: pg.Pool;
  let part: Part;

  beforeEach(async () => {
    database = await testDatabase();
    pool = connect(database.url, { max: 12 });
    await pool.query(tables);
    await pool.query(
      `insert into items select g, 'item ' || g, g + 0.5, 100, case when g % 2 = 0 then 'A' || g end from generate_series(1, 5000) g`,
    );
    part = {
      name: 'w',
      from: 'public.items',
      into: 'public.Stock',
      key: { id: 'item_id' },
      columns: {
        on_hand: { from: 'stock', added: true },
        place: 'shelf',
        cents: { forth: '(price * 100)::bigint', back: { price: 'cents / 100.0' } },
      },
      reach: database.url,
    };
  });
  afterEach(async () => {
    await pool.end();
    await database[Symbol.asyncDispose]();
  });

  const one = async (sql: string) => Object.values((await pool.query(sql)).rows[0] ?? {});

  test('each follows the other in the same transaction, and taken back nothing is left of it', async () => {
    const before = await catalogueDump(pool);
    expect(await enterPart(pool, part)).toBe(true);
    expect(await enterPart(pool, part)).toBe(false);
    expect(await comparePart(pool, part)).toEqual({ compared: 5000, different: 0 });
    await pool.query(`
      insert into items values (6000, 'new', 1.25, 3, null); update items set stock = stock - 1, shelf = 'B' where id = 6000;
      update items set title = 'other', price = 2 where id = 1; update items set id = 7000 where id = 3; delete from items where id = 2`);
    expect(await one(`select on_hand, place, cents, parted from "Stock" where item_id = 6000`)).toEqual([
      2,
      'B',
      '125',
      '2',
    ]);
    expect(await one(`select cents from "Stock" where item_id = 1`)).toEqual(['200']);
    await pool.query(`update "Stock" set on_hand = on_hand + 10, cents = 999 where item_id = 6000`);
    expect(await one('select stock, price::text, title from items where id = 6000')).toEqual([
      12,
      '9.99',
      'new',
    ]);
    expect(await comparePart(pool, part)).toEqual({ compared: 5000, different: 0 });
    await expect(pool.query('update items set stock = -1 where id = 6000')).rejects.toMatchObject({
      code: '23514',
    });
    await pool.query(
      'alter table "Stock" disable trigger all; update "Stock" set place = null where item_id = 6000',
    );
    expect(await comparePart(pool, part, 0)).toEqual({ compared: 5000, different: 1 });
    await pool.query(
      'alter table "Stock" enable trigger all; alter table "Stock" enable always trigger banyan_part_back',
    );
    expect(await leavePart(pool, part)).toBe(true);
    expect(await leavePart(pool, part)).toBe(false);
    expect(catalogueDiff(before, await catalogueDump(pool))).toEqual([]);
    expect(await one('select count(*)::int from "Stock"')).toEqual([0]);
  });

  test('is filled while both are written, and goes on after it was broken off', async () => {
    let stopping = false;
    const writer = async (seed: number) => {
      for (let turn = 0; !stopping; turn++) {
        const id = 1 + ((turn * 7919 + seed * 104_729) % 5000);
        await pool.query('update items set stock = stock + 1 where id = $1', [id]);
      }
    };
    const writers = [1, 2, 3].map(writer);
    const broken = new AbortController();
    const entering = enterPart(pool, part, { onProgress: () => broken.abort(), signal: broken.signal });
    await expect(entering).rejects.toThrow(/abort/i);
    expect(await enterPart(pool, part)).toBe(true);
    stopping = true;
    await Promise.all(writers);
    expect(await comparePart(pool, part)).toEqual({ compared: 5000, different: 0 });
    expect((await one('select sum(stock)::int from items'))[0]).toBeGreaterThan(500_000);
  });

  test('rows that change their key, or in transactions that began earlier, are filled in as they become', async () => {
    const early = await pool.connect();
    const broken = new AbortController();
    try {
      const filling = enterPart(pool, part, {
        signal: broken.signal,
        onProgress: () => broken.abort(),
      });
      await expect(filling).rejects.toThrow(/abort/i);
      // Filled in are 2000 rows by now.
      await pool.query('update items set id = -5 where id = 4500');
      await early.query('begin isolation level repeatable read; select from items');
      await enterPart(pool, part);
      for (const write of [
        'delete from items where id = 3000',
        'update items set shelf = null where id = 3002',
      ]) {
        await early.query('savepoint one');
        await expect(early.query(write)).rejects.toMatchObject({ code: '40001' });
        await early.query('rollback to one');
      }
      await early.query('commit');
      expect(await comparePart(pool, part, 0)).toEqual({ compared: 5000, different: 0 });
    } finally {
      early.release(true);
    }
  });

  test('names what the new table lacks', async () => {
    await pool.query('alter table "Stock" drop column parted, drop column place');
    await expect(enterPart(pool, part)).rejects.toMatchObject({
      code: 'part-table-unfit',
      message: expect.stringMatching(/has no column place, parted: make it with/),
    });
    await expect(enterPart(pool, { ...part, into: 'public.none' })).rejects.toThrow(
      /public\.none is not there/,
    );
  });
});
