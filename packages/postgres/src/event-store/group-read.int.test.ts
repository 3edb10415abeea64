import { collectStream, labelOf, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

test('readers that come together each get their own stream and range, as long as it is', async () => {
  const store = postgresEventStore(database.pool);
  const lengths = [1, 2, 99, 100, 101, 600, 750];
  const streams = lengths.map((length) => ({ streamId: uniqueName(`long-${length}`), length }));
  for (const { streamId, length } of streams) {
    const labels = Array.from({ length }, (_, index) => `${index + 1}`);
    await store.append([{ streamId, expected: 'absent', events: sampleEvents(...labels) }]);
  }
  const none = { streamId: uniqueName('none'), length: 0 };
  const wanted = fc.record({
    stream: fc.constantFrom(...streams, none),
    from: fc.option(fc.integer({ min: 1, max: 800 }), { nil: undefined }),
    to: fc.option(fc.integer({ min: 1, max: 800 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(wanted, { minLength: 1, maxLength: 150 }), async (readers) => {
      const read = await Promise.all(
        readers.map(({ stream, from, to }) =>
          collectStream(store, stream.streamId, {
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          }),
        ),
      );
      for (const [index, { stream, from = 1, to = stream.length }] of readers.entries()) {
        const last = Math.min(to, stream.length);
        const labels = Array.from({ length: Math.max(0, last - from + 1) }, (_, n) => `${from + n}`);
        expect(read[index]!.map(labelOf)).toEqual(labels);
        expect(read[index]!.every(({ streamId }) => streamId === stream.streamId)).toBe(true);
      }
    }),
    { numRuns: 10 },
  );
});

test('a stream that the database refuses to look for fails its own reader alone', async () => {
  const store = postgresEventStore(database.pool);
  const streamId = uniqueName('fine');
  await store.append([{ streamId, expected: 'absent', events: sampleEvents('a') }]);
  const readers = Array.from({ length: 20 }, (_, index) => (index === 10 ? 'zero \0 byte' : streamId));
  const read = await Promise.allSettled(readers.map((id) => collectStream(store, id)));
  expect(read.map(({ status }) => status)).toEqual(
    readers.map((id) => (id === streamId ? 'fulfilled' : 'rejected')),
  );
});
