import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { catalogueOf } from '../testing/catalogue.ts';
import { splitsSystem } from '../testing/splits-system.ts';
import { followSplit } from './follow-split.ts';
import { openSplit } from './open-split.ts';

const keptAsCopy = {
  code: 1,
  stderr: expect.stringMatching(/keeps a copy.*stay the monolith's.*split abort/s),
};
const rows = async (pool: pg.Pool, sql: string) => (await pool.query(sql)).rows;

describe('a split that keeps a copy', { timeout: 120_000 }, () => {
  test('carries out the answer for a shared table, before, while and after the tables that need it leave', async () => {
    await using system = await splitsSystem({
      lands: `{ service: 'warehouse', tables: [{ name: 'public.lands', columns: ['code', 'name'] }], keep: 'copy' }`,
      stock: `{ service: 'warehouse', tables: ['public.stock'], seam: { sharedTables: { 'public.lands': 'feed' } } }`,
    });
    const { monolith, warehouse, banyan } = system;
    await monolith.query(`
      create table lands (code text primary key, name text, secret text);
      create table stock (id int primary key, land text references lands, level int);
      insert into lands values ('dk', 'Denmark', 's'), ('no', 'Norway', 's');
      insert into stock values (1, 'dk', 10)`);
    await warehouse.query(`
      create table lands (code text primary key, name text);
      create table stock (id int primary key, land text references lands, level int)`);
    const before = [await catalogueOf(monolith), await catalogueOf(warehouse)];
    const missing = async () =>
      (
        JSON.parse((await banyan('plan', 'stock', '--json')).stdout) as {
          problems: { kind: string; remedy: string }[];
        }
      ).problems
        .filter(({ kind }) => kind === 'copy-missing')
        .map(({ remedy }) => remedy);

    expect(await missing()).toEqual([expect.stringMatching(/^Run: banyan split run lands\./)]);
    expect((await banyan('plan', 'lands')).stdout).toMatch(/^lands: 1 table is copied\n.*0 errors/s);
    expect((await banyan('run', 'lands', '--dry-run')).stdout).toMatch(
      /^create subscription (?!.*origin = none)/m,
    );
    expect(await banyan('run', 'lands')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /✓ verified .*lands is a copy for the service warehouse, and is kept until: banyan split abort lands/s,
      ),
    });
    expect(await missing()).toEqual([]);
    await expect(warehouse.query(`delete from lands`)).rejects.toThrow(
      /^public.lands belongs to the monolith: the split .* keeps a copy of it for warehouse. Write there. This copy is read-only.$/,
    );
    for (const verb of ['cutover', 'reverse', 'finish'])
      for (const flags of [[], ['--dry-run']])
        expect(await banyan(verb, 'lands', ...flags)).toMatchObject(keptAsCopy);

    expect((await banyan('run', 'stock')).code).toBe(0);
    expect((await banyan('cutover', 'stock')).code).toBe(0);
    await monolith.query(
      `insert into lands values ('fo', 'Faroe Islands', 's'); update lands set name = 'Norge' where code = 'no'`,
    );
    await expect
      .poll(() => rows(warehouse, 'select name from lands order by code'))
      .toEqual([{ name: 'Denmark' }, { name: 'Faroe Islands' }, { name: 'Norge' }]);
    await warehouse.query(`insert into stock values (2, 'fo', 1)`);
    expect((await banyan('status', 'stock')).stdout).toMatch(
      /✓ public\.lands \(sharedTables: feed\) is followed by the split lands/,
    );
    expect((await banyan('status', 'lands')).stdout).toMatch(
      /^lands: running; a copy for the service warehouse; the monolith owns the tables\n.*a change arrives after \d+ ms.*1 writes refused at the target/s,
    );
    expect((await banyan('verify', 'lands')).stdout).toMatch(
      /^3 rows compared: 0 missing, 0 extra, 0 different/,
    );
    expect(await banyan('abort', 'lands')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Rows of stock at the target refer to lands/),
    });

    expect((await banyan('reverse', 'stock')).code).toBe(0);
    expect((await banyan('abort', 'stock')).code).toBe(0);
    expect((await banyan('abort', 'lands')).code).toBe(0);
    expect(await rows(warehouse, 'select from lands')).toEqual([]);
    expect([await catalogueOf(monolith), await catalogueOf(warehouse)]).toEqual(before);
  });

  test('goes on when its table gets another owner, and must end before there is no way back', async () => {
    await using system = await splitsSystem({
      stock: `{ service: 'warehouse', tables: ['public.stock'], stage: { schema: 'goods' } }`,
      stock_copy: `{ service: 'reporting', tables: ['public.stock'], keep: 'copy' }`,
    });
    const { monolith, warehouse, reporting, banyan } = system;
    for (const pool of [monolith, warehouse, reporting])
      await pool.query('create table stock (id int primary key, level int)');
    await monolith.query('insert into stock select g, g from generate_series(1, 20) g');
    expect((await banyan('run', 'stock_copy')).code).toBe(0);
    expect((await banyan('plan', 'stock')).stdout).toMatch(
      /copied-elsewhere.*banyan split abort stock_copy/s,
    );
    expect((await banyan('seam', 'stock')).stderr).toMatch(/split stock_copy, which knows it by this name/);
    expect((await banyan('run', 'stock')).code).toBe(0);
    expect((await banyan('cutover', 'stock')).code).toBe(0);

    await warehouse.query(
      'update stock set level = -level where id < 3; insert into stock values (21, 21); delete from stock where id = 20',
    );
    const copied = () => rows(reporting, 'select count(*)::int as rows, sum(level)::int as sum from stock');
    await expect.poll(copied).toEqual([{ rows: 20, sum: 205 }]);
    expect((await banyan('verify', 'stock_copy')).stdout).toMatch(
      /^20 rows compared: 0 missing, 0 extra, 0 different/,
    );
    expect(await banyan('finish', 'stock')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /public.stock is copied to the service reporting by the split stock_copy.*First: banyan split abort stock_copy/,
      ),
    });

    expect((await banyan('reverse', 'stock')).code).toBe(0);
    await monolith.query('delete from stock where id = 1');
    await expect.poll(copied).toEqual([{ rows: 19, sum: 206 }]);
    expect((await banyan('cutover', 'stock')).code).toBe(0);
    expect((await banyan('abort', 'stock_copy')).code).toBe(0);
    expect((await banyan('plan', 'stock_copy')).stdout).toMatch(/copy-of-a-copy/);
    expect((await banyan('finish', 'stock')).code).toBe(0);
    expect((await banyan('finish', 'stock', '--drop')).code).toBe(0);
  });

  test('may be a read model: fewer columns, other names, several tables joined, as long as somebody follows', async () => {
    const forth = `({ op, table, row, old }) => {
      const { id, customer, mail, town } = op === 'delete' ? old : row;
      const key = table === 'public.people' ? { number: id } : { number: customer };
      if (op === 'delete') return [{ op, table: 'reading.customers', key }];
      return [{ op: 'upsert', table: 'reading.customers', key, row: table === 'public.people' ? { mail } : { town } }];
    }`;
    await using system = await splitsSystem({
      people: `{
        service: 'reporting', tables: ['public.people', 'public.addresses'], keep: 'copy',
        reshape: { into: ['reading.customers'], forth: ${forth} },
      }`,
      shop: `{ service: 'reporting', tables: ['public.orders'], seam: { joins: { 'public.people': 'read-model', 'public.terms': 'read-model' } } }`,
    });
    const { monolith, reporting, banyan } = system;
    await monolith.query(`
      create table people (id int primary key, mail text, born date);
      create table addresses (customer int primary key references people, town text);
      create table orders (id int primary key);
      insert into people select g, g || '@example.org' from generate_series(1, 9) g;
      insert into addresses select g, 'town ' || g from generate_series(1, 5) g`);
    await reporting.query(`
      create schema reading; create table reading.customers (number int primary key, mail text, town text);
      create table orders (id int primary key)`);
    const before = [await catalogueOf(monolith), await catalogueOf(reporting)];
    expect((await banyan('run', 'people')).stdout).toMatch(
      /people is a copy for the service reporting.*\nNobody follows from here on, unless this runs: banyan split follow people/,
    );
    const keys = async () =>
      Object.fromEntries(
        (await rows(reporting, 'select number, town from reading.customers where number in (1, 6, 10)')).map(
          (one) => [one.number, one.town],
        ),
      );
    expect(await keys()).toEqual({ 1: 'town 1', 6: null });
    expect(await banyan('cutover', 'people', '--no-way-back')).toMatchObject(keptAsCopy);
    expect((await banyan('run', 'shop')).code).toBe(0);
    expect((await banyan('status', 'shop')).stdout).toMatch(
      /! public\.people \(joins: read-model\) its copy gets no changes: banyan split status people\n {2}! public\.terms .* no split keeps a copy/,
    );

    await monolith.query(
      `insert into people values (10, 'ten'); insert into addresses values (6, 'Six'), (10, 'Ten')`,
    );
    await using open = await openSplit(await loadConfig(system.configFile), system.nameOf('people'), {
      lock: false,
    });
    const stopping = new AbortController();
    const following = followSplit(open, stopping.signal);
    await expect.poll(keys).toEqual({ 1: 'town 1', 6: 'Six', 10: 'Ten' });
    expect(JSON.parse((await banyan('status', 'people', '--json')).stdout)).toMatchObject({
      view: { plan: { keep: 'copy', into: ['reading.customers'] } },
      lag: { ms: expect.any(Number) },
    });
    expect((await banyan('status', 'shop')).stdout).toMatch(
      /✓ public\.people \(joins: read-model\) is followed by the split people/,
    );
    stopping.abort();
    expect(await following).toBe('stopped');
    expect((await banyan('verify', 'people')).stdout).toMatch(
      /^17 rows compared: 0 missing, 0 extra, 0 different/,
    );
    expect((await banyan('abort', 'shop')).code).toBe(0);
    expect((await banyan('abort', 'people')).code).toBe(0);
    expect([await catalogueOf(monolith), await catalogueOf(reporting)]).toEqual(before);
  });
});
