import { postgresEventStore } from '@banyan/postgres';
import { preparedDatabase, withSmallPartitions } from '@banyan/postgres/testing';
import { sampleEvents } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBanyan } from '../testing/run-banyan.ts';

let database: Awaited<ReturnType<typeof preparedDatabase>>;
const banyan = (...args: string[]) => runBanyan([...args, '--database', database.url]);

beforeAll(async () => {
  database = await preparedDatabase();
  await withSmallPartitions(database.pool, 10);
  const store = postgresEventStore(database.pool);
  for (let turn = 1; turn <= 25; turn++) {
    // An append that finds no partition leaves a gap.
    await database.pool.query('select banyan.make_partitions()');
    await store.append([
      { streamId: `order-${turn % 2}`, expected: 'any', events: sampleEvents(`e ${turn}`) },
    ]);
  }
  await database.pool.query(`update banyan.events set recorded_at = recorded_at - interval '100 days'`);
  await database.pool.query(`insert into banyan.subscriptions (name, position) values ('slow', 22)`);
  await database.pool.query('analyze');
});
afterAll(() => database?.[Symbol.asyncDispose]());

describe('the command line', () => {
  test('shows what the log takes', async () => {
    const { stdout, code } = await banyan('log', 'show', '--exact');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^head +25\nevents +about 25\nsize +[\d.]+ kB, \d+ bytes per event\n/);
    expect(stdout).toMatch(/\n1-10 +full +10 +\d+ +[\d.]+ kB +[\d.]+ kB +\d+\n/);
    expect(stdout).toMatch(/\n21-30 +written +5 /);
    expect(stdout).toMatch(/\nstreams +\d+ +\d+ +[\d.]+ kB +[\d.]+ kB\n/);
    const lines = stdout.split('\n').map((line) => line.length);
    expect(Math.max(...lines)).toBeLessThanOrEqual(80);
    const log = JSON.parse((await banyan('log', 'show', '--exact', '--json')).stdout);
    expect(log).toMatchObject({ head: 25, removedTo: 0, events: 25, outbox: { waiting: 0, refused: 0 } });
    expect(log.partitions[0]).toMatchObject({ name: 'events_from_1', state: 'full', rows: 10 });
    expect(log.bytesPerEvent).toBe(Math.round(log.bytes / 25));
  });

  test('closes a stream, where it is as expected', async () => {
    const dry = await banyan('stream', 'close', 'order-1', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stdout: 'order-1 would be closed at version 13.\n' });
    const conflict = await banyan('stream', 'close', 'order-1', '--expected', '12', '--json');
    expect(conflict.code).toBe(1);
    expect(JSON.parse(conflict.stdout).error.code).toBe('stream-conflict');
    expect(await banyan('stream', 'close', 'order-7')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no stream order-7'),
    });
    const closed = await banyan('stream', 'close', 'order-1', '--expected', '13', '--json');
    expect(JSON.parse(closed.stdout)).toMatchObject({ streamId: 'order-1', version: 13, closed: true });
    expect((await banyan('stream', 'close', 'order-1')).stdout).toBe(
      'order-1 is closed at version 13: it takes no more events and can be read.\n',
    );
  });

  test('removes old events only when it is meant, and names who has still to read them', async () => {
    expect(await banyan('log', 'retain')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--older-than 90d'),
    });
    const policy = ['log', 'retain', '--older-than', '90d', '--category', 'order', '--closed-for', '0s'];
    expect(await banyan(...policy)).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
    const dry = await banyan(...policy, '--dry-run');
    expect(dry.stdout).toContain('11 events of 1 streams would be removed.\nNo more, because slow has read');
    const done = await banyan(...policy, '--yes', '--json', '--ignore', 'slow');
    expect(JSON.parse(done.stdout)).toEqual({ dryRun: false, events: 13, streams: 1, upTo: 25 });
    const shown = await banyan('stream', 'show', 'order-1');
    expect(shown).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('up to version 13 were removed'),
    });
    const tail = await banyan('feed', 'tail', '--after', '0', '--no-follow');
    expect(tail).toMatchObject({ code: 1, stderr: expect.stringContaining('--skip-removed') });
    const left = await banyan('feed', 'tail', '--after', '0', '--no-follow', '--skip-removed');
    expect(left.stdout.trimEnd().split('\n')).toHaveLength(1 + 12);
    expect(await banyan('log', 'retain', '--older-than', 'long')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('90d, 12h'),
    });
  });

  test('detaches whole partitions', async () => {
    const verb = ['log', 'detach', '--up-to', '22'];
    const dry = await banyan(...verb, '--dry-run');
    expect(dry.stdout).toMatch(/\nevents_from_1 +5 +1 +1 +[\d.]+ kB +left: open streams\n/);
    expect(dry.stdout).toContain('--open-streams');
    expect(await banyan(...verb)).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') });
    const done = await banyan(...verb, '--open-streams', '--drop', '--yes', '--json');
    expect(JSON.parse(done.stdout).partitions).toMatchObject([
      { name: 'events_from_1', outcome: 'dropped' },
      { name: 'events_from_11', outcome: 'dropped' },
    ]);
    const log = JSON.parse((await banyan('log', 'show', '--json')).stdout);
    expect(log.partitions[0]).toMatchObject({ state: 'gone', rows: 0 });
    expect((await banyan(...verb, '--yes')).stdout).toContain('No partition is old enough.');
  });
});
