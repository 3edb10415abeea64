import { fileURLToPath } from 'node:url';
import { postgresCheckpointStore, postgresEventStore } from '@banyan/postgres';
import { preparedDatabase } from '@banyan/postgres/testing';
import { awaitPosition, project } from '@banyan/runtime';
import { sampleEvents } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBanyan } from '../testing/run-banyan.ts';
import { changed } from './fixtures/changed.fixture.ts';
import { counting } from './fixtures/counts.fixture.ts';

const from = fileURLToPath(new URL('./fixtures/changed.fixture.ts', import.meta.url));
let database: Awaited<ReturnType<typeof preparedDatabase>>;
const running: AsyncDisposable[] = [];

const banyan = (...args: string[]) =>
  runBanyan([
    'projection',
    ...args,
    '--database',
    database.url,
    ...(args[0] === 'rollback' ? [] : ['--from', from]),
  ]);
const write = async (count: number) => {
  let position = 0n;
  for (let index = 0; index < count; index++) {
    const append = { streamId: `s-${index % 3}`, expected: 'any', events: sampleEvents('x') } as const;
    ({ position } = await postgresEventStore(database.pool).append([append]));
  }
  await awaitPosition(postgresCheckpointStore(database.pool), 'counts', position, { timeoutMs: 20_000 });
};
const total = async () =>
  Number((await database.pool.query('select sum(number) as sum from counts')).rows[0].sum);

beforeAll(async () => {
  database = await preparedDatabase();
  const { pool } = database;
  await pool.query('create table counts (stream text primary key, number bigint not null default 0)');
  const options = { feed: postgresEventStore(pool), checkpoints: postgresCheckpointStore(pool) };
  running.push(project(counting(1), options));
  await write(10);
  running.push(project(changed, options));
});
afterAll(async () => {
  for (const each of running) await each[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

describe('banyan projection', () => {
  test('lists projections with the version of the code and the version in use', async () => {
    const { code, stdout } = await banyan('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^NAME +STATE +CODE +IN USE +KEPT +POSITION\ncounts +to be rebuilt +2 +1 +- +10\n$/,
    );
  });

  test('compares a changed projection without switching to it', async () => {
    const dry = await banyan('rebuild', 'counts', '--dry-run', '--compare');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.stdout).toMatch(
      /^counts: 3 rows in use, 3 new; 3 only in the version in use, 3 only in the new one\.\n/,
    );
    expect(dry.stdout).toMatch(/dropped again, because this was a dry run\. Nothing was changed\.\n$/);
    const refused = await banyan('rebuild', 'counts', '--only-if-equal', '--json');
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      switched: false,
      compared: [{ missing: 3, extra: 3 }],
    });
    expect(await total()).toBe(10);
  });

  test('rebuilds a changed projection, whose code goes on, and rolls it back, and the old code goes on', async () => {
    const rebuilt = await banyan('rebuild', 'counts', '--lanes', '2');
    expect(rebuilt).toMatchObject({ code: 0 });
    expect(rebuilt.stdout).toMatch(/Version 2 of counts was built up to 10 .* is in use now/);
    await write(5);
    expect(await total()).toBe(30);
    expect((await banyan('list', '--json')).stdout).toContain('"inUse":2');
    const back = await banyan('rollback', 'counts');
    expect(back).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Version 1 of counts is in use again'),
    });
    await write(1);
    expect(await total()).toBe(16);
  });

  test('says what is wrong with a name, a module or a number of lanes', async () => {
    const unknown = await banyan('rebuild', 'count');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('Found: counts.') });
    const lanes = await banyan('rebuild', 'counts', '--lanes', '100');
    expect(lanes).toMatchObject({ code: 1, stderr: expect.stringContaining('from 1 to 64') });
    const nowhere = await runBanyan([
      'projection',
      'list',
      '--database',
      database.url,
      '--from',
      'nowhere.ts',
    ]);
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere.ts') });
    const kept = await banyan('rollback', 'nothing');
    expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining('No earlier version') });
  });
});
