import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { preparedDatabase } from '@banyan/postgres/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBanyan } from '../testing/run-banyan.ts';

type Database = Awaited<ReturnType<typeof preparedDatabase>>;

let source: Database;
let target: Database;
let folder: string;

beforeEach(async () => {
  [source, target] = [await preparedDatabase(), await preparedDatabase()];
  folder = await mkdtemp(path.join(tmpdir(), 'banyan-split-'));
  const config = {
    ledger: { database: target.url },
    monolith: { url: 'http://127.0.0.1:1', database: source.url },
    proxy: { port: 0 },
    services: { warehouse: { url: 'http://127.0.0.1:2', database: target.url } },
    migrations: {},
    splits: {
      stock: {
        service: 'warehouse',
        tables: ['public.stock', { name: 'public.moves' }],
        stage: { schema: 'warehouse' },
        seam: {
          foreignKeys: {
            'public.lines.lines_stock_fkey': { orphans: 'clean-up' },
            'public.lines.lines_move_fkey': 'api',
          },
        },
      },
    },
  };
  await writeFile(path.join(folder, 'banyan.config.mjs'), `export default ${JSON.stringify(config)};`);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  for (const database of [target, source]) await database[Symbol.asyncDispose]();
});

const plan = async (...args: string[]) => {
  const { stdout, ...ended } = await runBanyan([
    'split',
    'plan',
    ...args,
    '-c',
    path.join(folder, 'banyan.config.mjs'),
  ]);
  return { ...ended, stdout: stripVTControlCharacters(stdout) };
};

describe('banyan split plan', () => {
  test('says which database of the configuration can not be used', async () => {
    await source.pool.query('create table stock (id int primary key); create table moves (note text)');
    const file = path.join(folder, 'banyan.config.mjs');
    const text = await readFile(file, 'utf8');
    const config = JSON.parse(text.replace('export default ', '').replace(/;$/, ''));
    const planned = async (changes: object) => {
      const name = `changed.${Math.random()}.mjs`;
      await writeFile(
        path.join(folder, name),
        `export default ${JSON.stringify({ ...config, ...changes })};`,
      );
      return runBanyan(['split', 'plan', 'stock', '-c', path.join(folder, name)]);
    };
    const nowhere = 'postgres://postgres:secret@127.0.0.1:1/shop';
    const warehouse = { ...config.services.warehouse, database: nowhere };
    const away = await planned({ services: { warehouse } });
    expect(away).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/services\.warehouse\.database: No PostgreSQL/),
    });
    expect(away.stderr).not.toContain('secret');
    const unknown = await planned({ ledger: { database: nowhere } });
    expect(unknown.stderr).toMatch(/^ledger\.database: No PostgreSQL .* is not known\.$/m);
  });

  test('names what stands in the way with its remedy, and fails', async () => {
    await source.pool.query('create table stock (id int primary key); create table moves (note text)');
    await target.pool.query('create table stock (id int primary key); create table moves (note text)');
    const { code, stdout } = await plan('stock');
    expect(code).toBe(1);
    expect(stdout).toContain('✗ table-without-key  public.moves');
    expect(stdout).toContain('-> Add a primary key, or');
    expect(stdout).toMatch(/✗ 1 error, .*: the errors must go/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const { problems } = JSON.parse((await plan('stock', '--json')).stdout);
    expect(problems[0]).toMatchObject({
      kind: 'table-without-key',
      severity: 'error',
      object: 'public.moves',
    });
  });

  test('finds joins in the statistics and common transactions in the log, and knows what a function reads', async () => {
    await source.pool.query(`
      create extension pg_stat_statements;
      create table stock (id int primary key); create table moves (id int primary key); create table orders (id int primary key);
      create function stock() returns bigint language sql as 'select count(*) from orders';
      create function moved() returns bigint language plpgsql as $$ begin return (select count(*) from moves); end $$;`);
    await target.pool.query(
      'create table stock (id int primary key); create table moves (id int primary key)',
    );
    await source.pool.query('select * from stock join orders using (id)');
    const writing = new AbortController();
    const writer = (async () => {
      while (!writing.signal.aborted)
        await source.pool.query(
          'begin; delete from stock; insert into stock values (1); delete from orders; insert into orders values (1); commit',
        );
    })();
    const { stdout } = await plan('stock', '--json', '--watch', '2s');
    writing.abort();
    await writer;
    const { problems } = JSON.parse(stdout) as {
      problems: { kind: string; object: string; message: string }[];
    };
    const of = (kind: string) => problems.filter((problem) => problem.kind === kind);
    expect(of('join')).toMatchObject([
      { object: 'public.orders', message: expect.stringContaining('join orders using') },
    ]);
    expect(of('transaction')).toMatchObject([
      {
        object: 'public.orders',
        message: expect.stringMatching(/^\d+ transactions in \d+ s wrote public.orders/),
      },
    ]);
    // `stock()` is named like a table, and reads none that leaves.
    expect(of('function').map(({ object }) => object)).toEqual(['public.moved()']);
  });

  test('says that it can begin where nothing does', async () => {
    const tables = 'create table stock (id int primary key); create table moves (id int primary key)';
    await source.pool.query(tables);
    await target.pool.query(tables);
    expect(await plan('stock')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/✓ 0 errors, .*: it can begin/),
    });
  });

  test('names the splits that there are', async () => {
    expect(await plan('basket')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('It has: stock.'),
    });
  });
});

describe('banyan split check', () => {
  const check = async (...args: string[]) => {
    const { stdout, ...ended } = await runBanyan([
      'split',
      'check',
      'stock',
      ...args,
      '-c',
      path.join(folder, 'banyan.config.mjs'),
    ]);
    return { ...ended, stdout: stripVTControlCharacters(stdout) };
  };

  test('counts the rows without a parent, fails while the answer is not carried out, and carries it out', async () => {
    await source.pool.query(`
      create table stock (id int primary key); insert into stock values (1), (2);
      create table lines (id int primary key, stock int references stock);
      insert into lines values (1, 1), (2, 2), (3, null)`);
    expect(await check()).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('0 of 2 rows of public.lines have no public.stock'),
    });
    await source.pool.query(
      'alter table lines disable trigger all; alter table stock disable trigger all; delete from stock where id = 2',
    );
    expect(await check()).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/✗ public\.lines\.lines_stock_fkey\n.*1 of 2 rows[\s\S]* {4}2: 1 rows/),
    });
    expect(JSON.parse((await check('--apply', '--json')).stdout)).toMatchObject({ orphans: 1, changed: 1 });
    expect((await source.pool.query('select id from lines order by id')).rows).toEqual([
      { id: 1 },
      { id: 3 },
    ]);
    expect((await check()).code).toBe(0);
  });

  test('says which foreign key it does not know', async () => {
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toContain('The source has no foreign key public.lines.lines_stock_fkey');
  });
});

describe('banyan split seam', () => {
  test('prints what it would do, does it, and takes it back', async () => {
    await source.pool.query(`
      create table stock (id int primary key); create table moves (id int primary key);
      create table lines (id int primary key, stock int references stock, move int constraint lines_move_fkey references moves)`);
    const seam = async (...args: string[]) =>
      await runBanyan(['split', 'seam', 'stock', ...args, '-c', path.join(folder, 'banyan.config.mjs')]);
    const tables = async () =>
      (await source.pool.query(`select schemaname as s from pg_tables where tablename = 'stock'`)).rows;
    expect((await seam('--dry-run')).stdout).toContain(
      'alter table "public"."stock" set schema "warehouse";\n',
    );
    expect(await tables()).toEqual([{ s: 'public' }]);
    expect((await seam()).stdout).toBe('The seam of stock is drawn; --undo takes it back.\n');
    expect(await tables()).toEqual([{ s: 'warehouse' }]);
    expect(JSON.parse((await seam('--json')).stdout)).toEqual({ split: 'stock', changed: false });
    expect((await seam('--undo', '--dry-run')).stderr).toContain('There is no dry run of --undo');
    expect(await tables()).toEqual([{ s: 'warehouse' }]);
    expect((await seam('--undo')).stdout).toBe('The seam of stock is taken back.\n');
    expect(await tables()).toEqual([{ s: 'public' }]);
  });
});
