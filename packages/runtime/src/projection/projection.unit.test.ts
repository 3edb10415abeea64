import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { aggregateHandler } from '../aggregate/execute.ts';
import { review, type reviewContract } from '../aggregate/review.fixture.ts';
import { versioned } from '../contract/versioned.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import {
  InMemoryCheckpointStore,
  type InMemoryTransaction,
} from '../subscription/in-memory-checkpoint-store.ts';
import { sampleEvents } from '../testing/sample-events.ts';
import { awaitPosition } from './await-position.ts';
import { project, projection } from './projection.ts';

function setUp() {
  const store = new InMemoryEventStore();
  const checkpoints = new InMemoryCheckpointStore();
  const likes = new Map<string, number>();
  const counted = projection<typeof reviewContract.events, InMemoryTransaction>({
    name: 'likes',
    on: {
      ReviewLiked: async ({ streamId, data }, tx) =>
        tx.onCommit(() => likes.set(streamId, (likes.get(streamId) ?? 0) + data.count)),
    },
    reset: async (tx) => tx.onCommit(() => likes.clear()),
  });
  const start = () => project(counted, { feed: store, checkpoints });
  return { store, checkpoints, likes, start, handler: aggregateHandler({ store, aggregate: review }) };
}

describe('a projection', () => {
  test('shows a writer its own write once it has waited for the position', async () => {
    const { checkpoints, likes, start, handler } = setUp();
    await using running = start();
    await handler.execute('1', 'WriteReview', { text: 'good' });
    const { position } = await handler.execute('1', 'AddLikes', { count: 3 });
    await awaitPosition(checkpoints, 'likes', position);
    expect(likes).toEqual(new Map([['review-1', 3]]));
    expect(running.ignored).toEqual(new Map([['ReviewWritten', 1]]));
  });

  test('passes over what it does not know and counts it', async () => {
    const { store, checkpoints, start } = setUp();
    await using running = start();
    const names = ['toString', 'Sampled', 'Sampled'];
    const events = sampleEvents('a', 'b', 'c').map((event, index) => ({ ...event, type: names[index]! }));
    const { position } = await store.append([{ streamId: 'x', expected: 'any', events }]);
    await awaitPosition(checkpoints, 'likes', position);
    expect(running.ignored).toEqual(
      new Map([
        ['toString', 1],
        ['Sampled', 2],
      ]),
    );
  });
});

test('a projection gets older versions of an event as they would be written today', async () => {
  const { store, checkpoints } = setUp();
  const events = {
    Sampled: versioned(z.object({ text: z.string() }), {
      version: 2,
      upcast: { 1: ({ label }: { label: string }) => ({ text: label }) },
    }),
  };
  const seen: string[] = [];
  const texts = projection<typeof events, InMemoryTransaction>({
    name: 'texts',
    events,
    on: { Sampled: async ({ data }, tx) => tx.onCommit(() => seen.push(data.text)) },
    reset: async () => {},
  });
  await using _running = project(texts, { feed: store, checkpoints });
  const [older] = sampleEvents('first');
  const newer = { ...older!, schemaVersion: 2, data: { text: 'second' } };
  const { position } = await store.append([{ streamId: 'x', expected: 'any', events: [older!, newer] }]);
  await awaitPosition(checkpoints, 'texts', position);
  expect(seen).toEqual(['first', 'second']);
});

describe('waiting for a position', () => {
  test('ends with projection-behind when the time is up or the waiter goes away', async () => {
    const { checkpoints } = setUp();
    const behind = { code: 'projection-behind', details: { name: 'likes', wanted: '9', at: '0' } };
    await expect(awaitPosition(checkpoints, 'likes', 9n, { timeoutMs: 10 })).rejects.toMatchObject(behind);
    const signal = AbortSignal.abort();
    await expect(awaitPosition(checkpoints, 'likes', 9n, { signal })).rejects.toMatchObject(behind);
  });

  test('does not wait for what is there', async () => {
    const { checkpoints } = setUp();
    await awaitPosition(checkpoints, 'likes', 0n, { timeoutMs: 0 });
  });
});
