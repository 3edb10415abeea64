import { expect, test } from 'vitest';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { InMemorySnapshotStore } from '../snapshot/in-memory-snapshot-store.ts';
import { aggregateHandler } from './execute.ts';
import { loadAggregate } from './load-aggregate.ts';
import { review } from './review.fixture.ts';

const day = 24 * 60 * 60_000;

function setUp() {
  let passed = 0;
  const store = new InMemoryEventStore({ now: () => new Date(Date.now() + passed) });
  const snapshots = new InMemorySnapshotStore();
  const handler = () =>
    aggregateHandler({ store, aggregate: review, snapshots: { store: snapshots, everyEvents: 2 } });
  const removeAll = async () => {
    passed += 10 * day;
    await store.removeEvents({ olderThanMs: day });
  };
  return { store, snapshots, handler, removeAll };
}

test('commands to an aggregate whose stream was closed are refused one by one, others are not', async () => {
  const { store, handler } = setUp();
  const reviews = handler();
  for (const id of ['1', '2']) await reviews.execute(id, 'WriteReview', { text: 'good' });
  await store.closeStream('review-1');
  const outcomes = await Promise.allSettled(
    ['1', '1', '2'].map((id) => reviews.execute(id, 'AddLikes', { count: 1 })),
  );
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { code: 'stream-closed' } },
    { status: 'rejected', reason: { code: 'stream-closed' } },
    { status: 'fulfilled', value: { version: 2 } },
  ]);
  expect((await loadAggregate(store, review, '1')).state).toEqual({ text: 'good', likes: 0 });
});

test('an aggregate goes on from its snapshot when its older events were removed, and is not made up without one', async () => {
  const { store, snapshots, handler, removeAll } = setUp();
  const before = handler();
  for (const id of ['1', '2']) await before.execute(id, 'WriteReview', { text: 'good' });
  await before.execute('1', 'AddLikes', { count: 7 });
  await before.flush();
  await removeAll();
  const after = await handler().execute('1', 'AddLikes', { count: 1 });
  expect(after).toMatchObject({ version: 3, state: { text: 'good', likes: 8 } });
  const refused = { code: 'stream-events-removed', details: { removedTo: 1 } };
  await expect(handler().execute('2', 'WriteReview', { text: 'again' })).rejects.toMatchObject(refused);
  await expect(loadAggregate(store, review, '2')).rejects.toMatchObject(refused);
  expect((await loadAggregate(store, review, '1', { snapshots })).state).toEqual({ text: 'good', likes: 8 });
});

test('a command with an id is refused where the events that would tell whether it came before were removed', async () => {
  const { handler, removeAll } = setUp();
  const before = handler();
  await before.execute('1', 'WriteReview', { text: 'good' });
  await before.execute('1', 'AddLikes', { count: 1 });
  await before.flush();
  await removeAll();
  const commandId = '00000000-0000-4000-8000-000000000001';
  await expect(handler().execute('1', 'AddLikes', { count: 1 }, { commandId })).rejects.toMatchObject({
    code: 'stream-events-removed',
  });
});
