import { type RecordedEvent, subscribe } from '@banyan/runtime';
import { eventRemovalContract, labelOf, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { postgresSnapshotStore } from '../snapshot/postgres-snapshot-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const day = 24 * 60 * 60_000;

/** Makes everything that happened so far so much older. */
async function age({ pool }: PreparedDatabase, ms: number): Promise<void> {
  const earlier = (column: string) =>
    `${column} = ${column} - $1::double precision * interval '1 millisecond'`;
  await pool.query(`update banyan.events set ${earlier('recorded_at')}`, [ms]);
  await pool.query(`update banyan.streams set ${earlier('closed_at')} where closed`, [ms]);
}

const labels = (count: number, prefix = 'event') => Array.from({ length: count }, (_, n) => `${prefix} ${n}`);
const facts = (streamId: string, ...names: string[]) =>
  [{ streamId, expected: 'any', events: sampleEvents(...names) }] as const;

eventRemovalContract({ describe, test }, () => ({
  store: postgresEventStore(database.pool),
  age: (ms) => age(database, ms),
}));

describe('removing events', () => {
  test('goes batch by batch, tells how far it is, and can be ended between two', async () => {
    await using own = await preparedDatabase();
    const store = postgresEventStore(own.pool);
    for (const streamId of ['a-1', 'a-2', 'b-1']) await store.append(facts(streamId, ...labels(4_000)));
    await age(own, 10 * day);
    const ending = new AbortController();
    const ended = await store.removeEvents(
      { olderThanMs: day },
      { signal: ending.signal, onProgress: () => ending.abort() },
    );
    expect(ended).toEqual({ events: 5_000, streams: 1, upTo: 12_000n });
    expect((await store.streamStatus('a-2'))?.removedTo).toBe(1_000);
    const progress: number[] = [];
    const onProgress = (removed: number) => void progress.push(removed);
    const ofA = await store.removeEvents({ olderThanMs: day, categories: ['a'] }, { onProgress });
    expect(ofA).toMatchObject({ events: 3_000, streams: 1 });
    const rest = await store.removeEvents({ olderThanMs: day }, { onProgress });
    expect(rest).toMatchObject({ events: 4_000, streams: 1 });
    expect(progress).toEqual([3_000, 4_000]);
    expect(await store.head()).toBe(12_000n);
  });

  test('leaves what a subscription has still to read, and names it', async () => {
    await using own = await preparedDatabase();
    const store = postgresEventStore(own.pool);
    await store.append(facts('a-1', ...labels(5)));
    await own.pool.query(
      `insert into banyan.subscriptions (name, position) values ('ahead', 4), ('behind', 2), ('forsaken', 0)`,
    );
    await age(own, 10 * day);
    const policy = { olderThanMs: day };
    expect(await store.removeEvents(policy)).toEqual({
      events: 0,
      streams: 0,
      upTo: 0n,
      heldBy: { subscription: 'forsaken', position: 0n },
    });
    const ignore = ['forsaken'];
    expect(await store.removeEvents(policy, { ignore })).toMatchObject({
      events: 2,
      heldBy: { subscription: 'behind', position: 2n },
    });
    const all = await store.removeEvents(policy, { ignore: [...ignore, 'behind', 'ahead'] });
    expect(all).toEqual({ events: 3, streams: 1, upTo: 5n });
  });

  test('takes the snapshot of a stream with it that is closed and has no event left, and no other', async () => {
    await using own = await preparedDatabase();
    const store = postgresEventStore(own.pool);
    const snapshots = postgresSnapshotStore(own.pool);
    for (const streamId of ['closed-1', 'open-1']) {
      const { position } = await store.append(facts(streamId, 'a', 'b'));
      await snapshots.save({ streamId, version: 2, position, stateVersion: 1, state: {} });
    }
    await store.closeStream('closed-1');
    await age(own, 10 * day);
    await store.removeEvents({ olderThanMs: day });
    expect(await snapshots.load('closed-1', { stateVersion: 1 })).toBeUndefined();
    expect(await snapshots.load('open-1', { stateVersion: 1 })).toMatchObject({ version: 2 });
  });

  test('makes nobody wait: while a removal is open, others append and read', async () => {
    await using own = await preparedDatabase();
    const store = postgresEventStore(own.pool);
    await store.append(facts('a-1', 'a', 'b'));
    const removal = await own.pool.connect();
    await removal.query('begin; select banyan.remove_oldest(1, 5000)');
    expect((await store.append(facts('a-1', 'c'))).versions).toEqual([3]);
    const seen: string[] = [];
    for await (const event of store.readStream('a-1')) seen.push(labelOf(event));
    expect(seen).toEqual(['a', 'b', 'c']);
    await removal.query('commit');
    removal.release();
    expect(await store.streamStatus('a-1')).toEqual({ version: 3, closed: false, removedTo: 1 });
  });
});

describe('an append beside a removal', () => {
  test('gets the next version, though everything is removed again and again', async () => {
    await using own = await preparedDatabase();
    const store = postgresEventStore(own.pool);
    const versions = new Map<string, number[]>();
    const write = async (writer: number) => {
      for (let turn = 0; turn < 100; turn++) {
        const streamId = `s-${(writer + turn) % 3}`;
        const result = await store.append(facts(streamId, 'x'));
        versions.set(streamId, [...(versions.get(streamId) ?? []), ...result.versions]);
      }
    };
    const writing = Promise.all([0, 1, 2].map(write));
    let done = false;
    void writing.finally(() => {
      done = true;
    });
    while (!done) await store.removeEvents({ olderThanMs: 0 });
    await writing;
    for (const [streamId, seen] of versions) {
      expect(seen.sort((one, two) => one - two)).toEqual(
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
      expect(await store.streamStatus(streamId)).toMatchObject({ version: 100 });
    }
  });

  test('goes on at the next version, also when all events go between two of its looks', async () => {
    await using own = await preparedDatabase();
    const store = postgresEventStore(own.pool);
    await store.append(facts('a-1', 'a', 'b'));
    const removal = await own.pool.connect();
    // Whoever is about to look for the newest version waits for this.
    await removal.query('begin; lock table banyan.events_from_1 in access exclusive mode');
    const append = store.append([{ streamId: 'a-1', expected: 'absent', events: sampleEvents('c') }]);
    const refused = expect(append).rejects.toMatchObject({ details: { actual: 2 } });
    const waiting = `select count(*)::int as count from pg_locks where not granted and relation = 'banyan.events_from_1'::regclass`;
    await expect.poll(async () => (await removal.query(waiting)).rows[0].count).toBe(1);
    await removal.query('select banyan.remove_oldest(2, 10)');
    await removal.query('commit');
    removal.release();
    await refused;
    expect((await store.append(facts('a-1', 'c'))).versions).toEqual([3]);
  });
});

describe('a subscription that begins where events were removed', () => {
  test('gives up and says so, unless it may miss them', async () => {
    const store = postgresEventStore(database.pool);
    const [streamId, head] = [uniqueName('gone'), await store.head()];
    await store.append(facts(streamId, 'a', 'b'));
    await age(database, 10 * day);
    await store.append(facts(streamId, 'c'));
    await store.removeEvents({ olderThanMs: day });
    const handled: string[] = [];
    const checkpoints = postgresCheckpointStore(database.pool);
    const follow = (name: string, removed?: 'skip') =>
      subscribe<RecordedEvent, pg.PoolClient>({
        name,
        feed: store,
        checkpoints,
        removed,
        handle: async (events) => void handled.push(...events.map(labelOf)),
      });
    const refused = uniqueName('refused');
    await expect(follow(refused).done).rejects.toMatchObject({ code: 'feed-events-removed' });
    expect((await checkpoints.load(refused))?.reported?.error).toContain("removed: 'skip'");
    expect(handled).toEqual([]);
    await using _following = follow(uniqueName('skipping'), 'skip');
    await expect.poll(() => handled.at(-1)).toBe('c');
    expect(await store.head()).toBe(head + 3n);
  });
});
