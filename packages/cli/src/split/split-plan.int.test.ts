import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
    splits: { stock: { service: 'warehouse', tables: ['public.stock', { name: 'public.moves' }] } },
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
