import { describe, expect, test } from 'vitest';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { InMemorySnapshotStore } from '../snapshot/in-memory-snapshot-store.ts';
import { collectStream } from '../testing/event-store-contract.ts';
import { aggregateHandler } from './execute.ts';
import { loadAggregate } from './load-aggregate.ts';
import { review } from './review.fixture.ts';

/** A review with likes 1, 2, 3 at versions 2, 3 and 4. */
async function history() {
  const store = new InMemoryEventStore();
  const handler = aggregateHandler({ store, aggregate: review });
  await handler.execute('7', 'WriteReview', { text: 'good' });
  await handler.execute('other', 'WriteReview', { text: 'bad' });
  for (const count of [1, 2, 3]) await handler.execute('7', 'AddLikes', { count });
  return store;
}

describe('loading an aggregate', () => {
  test('tells its state now, and of one that does not exist', async () => {
    const store = await history();
    expect(await loadAggregate(store, review, '7')).toEqual({
      state: { text: 'good', likes: 6 },
      version: 4,
      position: 5n,
      events: 4,
    });
    expect(await loadAggregate(store, review, 'none')).toEqual({
      state: review.initial,
      version: 0,
      position: 0n,
      events: 0,
    });
  });

  test('tells its state at any version', async () => {
    const store = await history();
    const likes = async (version: number) =>
      (await loadAggregate(store, review, '7', { version })).state.likes;
    expect(await Promise.all([0, 1, 2, 3, 4].map(likes))).toEqual([0, 0, 1, 3, 6]);
    expect((await loadAggregate(store, review, '7', { version: 0 })).state).toBe(review.initial);
    await expect(likes(5)).rejects.toMatchObject({ code: 'no-such-version', details: { version: 4 } });
    for (const version of [-1, 1.5, Number.NaN])
      await expect(likes(version)).rejects.toMatchObject({ code: 'version' });
  });

  test('tells its state at any time and position', async () => {
    const store = await history();
    const shifted = {
      async *readStream(streamId: string) {
        for (const event of await collectStream(store, streamId))
          yield { ...event, recordedAt: new Date(event.version * 1000) };
      },
    };
    const at = async (time: Date | string) =>
      (await loadAggregate(shifted, review, '7', { at: time })).version;
    expect(await at(new Date(999))).toBe(0);
    expect(await at(new Date(2000))).toBe(2);
    expect(await at('1970-01-01T00:00:03.500Z')).toBe(3);
    expect(await at(new Date())).toBe(4);
    await expect(at('yesterday')).rejects.toMatchObject({ code: 'time' });
    expect((await loadAggregate(store, review, '7', { position: 4n })).version).toBe(3);
    expect((await loadAggregate(store, review, '7', { position: 2n, version: 9 })).version).toBe(1);
  });

  test('begins at a snapshot that is old enough', async () => {
    const store = await history();
    const snapshots = new InMemorySnapshotStore();
    const state = { text: 'from the snapshot', likes: 3 };
    await snapshots.save({ streamId: 'review-7', version: 3, position: 4n, stateVersion: 1, state });
    expect(await loadAggregate(store, review, '7', { snapshots })).toMatchObject({
      state: { text: 'from the snapshot', likes: 6 },
      version: 4,
      events: 1,
    });
    expect(await loadAggregate(store, review, '7', { snapshots, version: 3 })).toMatchObject({ events: 0 });
    expect(await loadAggregate(store, review, '7', { snapshots, version: 2 })).toMatchObject({
      state: { text: 'good', likes: 1 },
      events: 2,
    });
  });

  test('does not tell a state with events left out', async () => {
    const store = await history();
    const broken = {
      async *readStream(streamId: string) {
        for await (const event of store.readStream(streamId)) if (event.version !== 2) yield event;
      },
    };
    await expect(loadAggregate(broken, review, '7')).rejects.toMatchObject({
      code: 'events-missing',
      details: { after: 1, next: 3 },
    });
  });
});
