import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  postgresCheckpointStore,
  postgresDeadLetterStore,
  postgresEventStore,
  postgresLeaseStore,
} from '@banyan/postgres';
import { preparedDatabase } from '@banyan/postgres/testing';
import { awaitPosition, type RecordedEvent, retryThenDeadLetter, subscribe } from '@banyan/runtime';
import { labelOf, sampleEvents } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import { runBanyan } from '../testing/run-banyan.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

type Database = Awaited<ReturnType<typeof preparedDatabase>>;

let database: Database;
let running: ReturnType<typeof subscribe>;
const refused = new Set<string>();

const banyan = (...args: string[]) => runBanyan([...args, '--database', database.url]);
const write = async (streamId: string, ...labels: string[]) => {
  const append = { streamId, expected: 'any', events: sampleEvents(...labels) } as const;
  const { position } = await postgresEventStore(database.pool).append([append]);
  await awaitPosition(postgresCheckpointStore(database.pool), 'labels', position, { timeoutMs: 20_000 });
};
const applied = async () => {
  const { rows } = await database.pool.query<{ label: string }>('select label from applied order by label');
  return rows.map(({ label }) => label);
};

beforeAll(async () => {
  database = await preparedDatabase();
  const { pool } = database;
  await pool.query('create table applied (label text)');
  running = subscribe<RecordedEvent, pg.PoolClient>({
    name: 'labels',
    feed: postgresEventStore(pool),
    checkpoints: postgresCheckpointStore(pool),
    deadLetters: postgresDeadLetterStore(pool),
    leases: postgresLeaseStore(pool),
    lanes: 2,
    onError: retryThenDeadLetter({ retries: 0 }),
    handle: async (events, tx) => {
      for (const label of events.map(labelOf)) {
        if (refused.has(label)) throw new Error(`${label} is refused`);
        await tx.query('insert into applied values ($1)', [label]);
      }
    },
    reset: async (tx) => void (await tx.query('truncate applied')),
  });
  refused.add('b');
  await write('order-1', 'a', 'b');
  await write('order-2', 'c');
});
afterAll(async () => {
  await running?.stop();
  await database?.[Symbol.asyncDispose]();
});

describe('the command line', () => {
  test('lists subscriptions with their lag, and shows one with lanes, owners and dead letters', async () => {
    const list = await banyan('subscription', 'list');
    const show = await banyan('subscription', 'show', 'labels');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.stdout).toMatch(
      /^NAME +STATE +LANES +POSITION +BEHIND +LAG +DEAD\nlabels +running +2 +3 +0 +0\.0 s +1\n$/,
    );
    expect(show.stdout).toMatch(/labels\/1of2 +3 +[0-9a-f]{8}/);
    expect(show.stdout).toMatch(/ 2 +order-1 .* 1 +unexpected: b is ref/);
    const { stdout } = await banyan('subscription', 'show', 'labels', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'labels',
      checkpoint: { position: 3, desired: 'running', lanes: 2 },
      lag: { events: 0, seconds: 0 },
      letters: [{ position: 2, code: 'unexpected', entry: { streamId: 'order-1' } }],
    });
  });

  test('pauses a subscription and lets it go on', async () => {
    expect(await banyan('subscription', 'pause', 'labels')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^labels is paused at 3\. .*resume labels\n$/),
    });
    const append = { streamId: 'order-3', expected: 'any', events: sampleEvents('d') } as const;
    const { position } = await postgresEventStore(database.pool).append([append]);
    const { stdout } = await banyan('subscription', 'list', '--json');
    const [listed] = JSON.parse(stdout);
    expect(listed).toMatchObject({ checkpoint: { desired: 'stopped' }, lag: { events: 1 } });
    expect(listed.lag.seconds).toBeGreaterThan(0);
    expect((await banyan('subscription', 'resume', 'labels')).code).toBe(0);
    await awaitPosition(postgresCheckpointStore(database.pool), 'labels', position, { timeoutMs: 20_000 });
    expect(await applied()).toEqual(['a', 'c', 'd']);
  });

  test('redrives dead letters and says which failed again', async () => {
    const again = await banyan('subscription', 'redrive', 'labels');
    expect(again).toMatchObject({
      code: 1,
      stdout: '0 of 1 dead letters of labels were handled, 1 failed again, 0 wait.\n',
    });
    refused.clear();
    const { code, stdout } = await banyan('subscription', 'redrive', 'labels', '--id', '2', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      { subscription: 'labels', asked: 1, handled: 1, failedAgain: 0, waiting: 0 },
    ]);
    expect(await applied()).toEqual(['a', 'b', 'c', 'd']);
    const unknown = await banyan('subscription', 'redrive', 'labels', '--id', '2');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('has no dead letter 2') });
  });

  test('divides a running subscription into other lanes', async () => {
    expect(await banyan('subscription', 'lanes', 'labels', '5')).toMatchObject({
      code: 0,
      stdout: 'labels is divided into 5 lanes now.\n',
    });
    await write('order-4', 'e');
    expect(await applied()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await banyan('subscription', 'lanes', 'labels', '500')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('from 1 to 64'),
    });
  });

  test('resets a subscription only when it is meant', async () => {
    const meant = await banyan('subscription', 'reset', 'labels');
    expect(meant).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
    await database.pool.query(`insert into applied values ('wrong')`);
    expect(await banyan('subscription', 'reset', 'labels', '--yes')).toMatchObject({
      code: 0,
      stdout: 'labels has begun anew.\n',
    });
    await expect.poll(applied).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('names the subscriptions there are, and databases that are not prepared', async () => {
    const unknown = await banyan('subscription', 'pause', 'lables');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('There are: labels.') });
    const other = await banyan('subscription', 'list', '--schema', 'nothing', '--json');
    expect(other.code).toBe(1);
    expect(JSON.parse(other.stdout).error.code).toBe('database-not-prepared');
  });

  test('shows a stream as it is and as it was', async () => {
    const { stdout } = await banyan('stream', 'show', 'order-1');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(/^ +2 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d order-1 .* 2 Sampled .*"b"/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const before = await banyan('stream', 'show', 'order-1', '--at', '1', '--json');
    expect(JSON.parse(before.stdout)).toMatchObject([{ version: 1, position: 1, data: { label: 'a' } }]);
    const past = await banyan('stream', 'show', 'order-1', '--at', '2020-01-01T00:00:00Z');
    expect(past).toMatchObject({ code: 1, stderr: expect.stringContaining('has no events at 2020') });
    const unknown = await banyan('stream', 'show', 'order-l');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('no stream order-l') });
  });

  test('prints the feed as it grows until it is interrupted', { timeout: 180_000 }, async () => {
    const words = fromSource(main, 'feed', 'tail', '--category', 'tailed', '--json');
    const child = spawn(process.execPath, words, {
      env: { PATH: process.env.PATH, DATABASE_URL: database.url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const exit = once(child, 'exit');
    // It begins at the last ten events, so what is written while it starts is shown too.
    await write('tailed-1', 'x');
    await write('other-1', 'y');
    await expect.poll(() => out, { timeout: 60_000 }).toContain('"x"');
    await write('tailed-2', 'z');
    await expect.poll(() => out).toContain('"z"');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).data.label),
    ).toEqual(['x', 'z']);
    const table = await banyan('feed', 'tail', '--no-follow', '--after', '1', '--type', 'Sampled');
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(8);
  });
});
