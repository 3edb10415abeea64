import { collectStream, labelOf, sampleEvents } from '@banyan/runtime/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { type PostgresEventStore, postgresEventStore } from '../event-store/postgres-event-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { withSmallPartitions } from '../testing/small-partitions.ts';
import { detachPartitions } from './detach-partitions.ts';

let database: PreparedDatabase;
let store: PostgresEventStore;
beforeEach(async () => {
  database = await preparedDatabase();
  await withSmallPartitions(database.pool, 10);
  store = postgresEventStore(database.pool);
});
afterEach(() => database[Symbol.asyncDispose]());

/** An append that finds no partition leaves a gap, so they are made before. */
async function append(streamId: string, ...names: string[]) {
  await database.pool.query('select banyan.make_partitions()');
  return store.append([{ streamId, expected: 'any', events: sampleEvents(...names) }]);
}

/** Positions 1 to 25 in partitions of ten: `early` is in the first alone, `long` in all. */
async function fill(): Promise<void> {
  await append('early-1', 'a', 'b', 'c');
  for (let turn = 1; turn <= 22; turn++) await append('long-1', `long ${turn}`);
}

const tables = async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `select relname as name from pg_class where relname like 'events_from_%' and relkind = 'r' order by oid`,
  );
  return rows.map(({ name }) => name);
};

describe('detaching partitions', () => {
  test('takes those away that are full and at whose end everybody is, and keeps versions and positions', async () => {
    await fill();
    for (const streamId of ['early-1', 'long-1']) await store.closeStream(streamId);
    const dry = await detachPartitions(database.pool, { upTo: 25n, dryRun: true });
    expect(dry.partitions).toMatchObject([
      { name: 'events_from_1', firstPosition: 1n, lastPosition: 10n, events: 10, streams: 2, openStreams: 0 },
      { name: 'events_from_11', firstPosition: 11n, lastPosition: 20n, events: 10, streams: 1 },
    ]);
    expect(await collectStream(store, 'early-1')).toHaveLength(3);
    const done = await detachPartitions(database.pool, { upTo: 19n });
    expect(done.partitions).toEqual([{ ...dry.partitions[0], outcome: 'detached' }]);
    expect(await tables()).toContain('events_from_1');

    expect(await store.head()).toBe(25n);
    await expect(collectStream(store, 'early-1')).rejects.toMatchObject({ code: 'stream-events-removed' });
    expect(await store.streamStatus('early-1')).toMatchObject({ version: 3, closed: true, removedTo: 3 });
    expect((await collectStream(store, 'long-1', { from: 8 })).map(labelOf).slice(0, 2)).toEqual([
      'long 8',
      'long 9',
    ]);
    const reading = store.read({ after: 0n })[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({
      code: 'feed-events-removed',
      details: { removedTo: '10' },
    });
    const { rows } = await database.pool.query('select count(*)::int as kept from banyan.events_from_1');
    expect(rows).toEqual([{ kept: 10 }]);
  });

  test('leaves alone what has events of open streams, unless that is wanted', async () => {
    await fill();
    await store.closeStream('early-1');
    const left = await detachPartitions(database.pool, { upTo: 25n });
    expect(left.partitions).toMatchObject([
      { name: 'events_from_1', openStreams: 1, outcome: 'left-open-streams' },
    ]);
    expect(await store.streamStatus('early-1')).toMatchObject({ removedTo: 0 });
    const done = await detachPartitions(database.pool, { upTo: 25n, openStreams: true, drop: true });
    expect(done.partitions.map(({ outcome }) => outcome)).toEqual(['dropped', 'dropped']);
    expect(await tables()).not.toContain('events_from_11');
    expect((await append('long-1', 'next')).versions).toEqual([23]);
    expect((await append('early-2', 'new')).versions).toEqual([1]);
    await expect(append('early-1', 'no')).rejects.toMatchObject({ code: 'stream-closed' });
  });

  test('goes by age and no further than every subscription has read', async () => {
    await fill();
    const options = { olderThanMs: 60_000, openStreams: true };
    expect(await detachPartitions(database.pool, options)).toEqual({ partitions: [] });
    await database.pool.query(`update banyan.events set recorded_at = recorded_at - interval '1 hour'`);
    await database.pool.query(`insert into banyan.subscriptions (name, position) values ('slow', 10)`);
    const held = await detachPartitions(database.pool, { ...options, dryRun: true });
    expect(held.partitions.map(({ name }) => name)).toEqual(['events_from_1']);
    expect(held.heldBy).toEqual({ subscription: 'slow', position: 10n });
    const all = await detachPartitions(database.pool, { ...options, ignore: ['slow'] });
    expect(all.partitions.map(({ name }) => name)).toEqual(['events_from_1', 'events_from_11']);
    await expect(detachPartitions(database.pool, {})).rejects.toMatchObject({ code: 'which-partitions' });
  });

  test('disturbs neither appends nor readers, and misleads none', async () => {
    const readers = connect(database.url);
    const others = postgresEventStore(readers);
    const seen: bigint[] = [];
    let told: unknown;
    const reading = (async () => {
      for await (const { entries } of others.read({ after: 0n, limit: 3 }))
        seen.push(...entries.map(({ position }) => position));
    })().catch((error: unknown) => {
      told = error;
    });
    for (let turn = 1; turn <= 120; turn++) {
      await append(`busy-${turn % 3}`, 'x');
      if (turn % 20 === 0)
        await detachPartitions(database.pool, {
          upTo: await store.head(),
          openStreams: true,
          drop: turn % 40 === 0,
        });
    }
    expect(await store.head()).toBe(120n);
    await expect.poll(() => told !== undefined || seen.length === 120).toBe(true);
    expect(seen).toEqual(seen.map((_, index) => BigInt(index + 1)));
    if (told !== undefined) expect(told).toMatchObject({ code: 'feed-events-removed' });
    await readers.end();
    await reading;
    expect((await store.streamStatus('busy-1'))?.version).toBe(40);
  });

  test('is ended later where a transaction stays open that has used the log', async () => {
    await fill();
    const holder = await database.pool.connect();
    await holder.query('begin; select count(*) from banyan.events');
    const detach = (waitMs: number) =>
      detachPartitions(database.pool, { upTo: 10n, openStreams: true, drop: true, waitMs });
    await expect(detach(200)).rejects.toMatchObject({ code: 'partition-in-use', retryable: true });
    expect((await append('long-1', 'meanwhile')).versions).toEqual([23]);
    await database.pool.query('select banyan.make_partitions()');
    await expect(collectStream(store, 'early-1')).rejects.toMatchObject({ code: 'stream-events-removed' });
    await holder.query('commit');
    holder.release();
    expect((await detach(20_000)).partitions).toMatchObject([{ name: 'events_from_1', outcome: 'dropped' }]);
    expect(await tables()).not.toContain('events_from_1');
    expect((await collectStream(store, 'long-1', { from: 8 })).length).toBe(16);
  });
});
