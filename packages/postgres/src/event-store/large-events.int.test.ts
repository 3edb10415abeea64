import { randomBytes } from 'node:crypto';
import { Invalid, type RecordedEvent } from '@banyan/runtime';
import { collectStream, sampleEvents, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { GroupRead } from './group-read.ts';
import { type PostgresEventStore, postgresEventStore } from './postgres-event-store.ts';

const kib = 1024;
const pageBytes = 1024 * kib;

let database: PreparedDatabase;
let store: PostgresEventStore;
beforeAll(async () => {
  database = await preparedDatabase();
  store = postgresEventStore(database.pool, { pageBytes });
});
afterAll(() => database[Symbol.asyncDispose]());

/** Each of 100 KiB. What the server compresses is as large when it is read. */
const kinds: Readonly<Record<string, () => unknown>> = {
  'compressible data': () => 'x'.repeat(100 * kib),
  'data that nothing makes smaller': () => randomBytes(75 * kib).toString('base64'),
  'an object': () => ({ deep: [{ text: 'y'.repeat(100 * kib) }] }),
};

async function appendLarge(streamId: string, makeData: () => unknown, count = 40): Promise<void> {
  const [event] = sampleEvents('large');
  const events = Array.from({ length: count }, () => ({ ...event!, data: makeData() }));
  await store.append([{ streamId, expected: 'absent', events }]);
}

async function batches(streamId: string, options: object): Promise<(readonly RecordedEvent[])[]> {
  const found: (readonly RecordedEvent[])[] = [];
  const head = await store.head();
  for await (const { entries, position } of store.read({ after: 0n, ...options })) {
    const own = entries.filter((event) => event.streamId === streamId);
    if (own.length > 0) found.push(own);
    if (position >= head) break;
  }
  return found;
}

describe.each(Object.entries(kinds))('events of 100 KiB, %s,', (_, makeData) => {
  const streamId = uniqueName('large');
  beforeAll(() => appendLarge(streamId, makeData));

  test.each([
    ['all', {}],
    ['filtered', { filter: { streams: [streamId] } }],
  ])('come from the feed in batches within the limit of bytes: %s', async (_name, options) => {
    const found = await batches(streamId, options);
    expect(found.flat().map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
    expect(Math.max(...found.map((events) => events.length))).toBeLessThanOrEqual(11);
  });

  test('come from their stream in pages within the limit of bytes', async () => {
    const reads = new GroupRead(database.pool, 'banyan', pageBytes);
    const versions = { from: 1, to: 40 };
    expect((await reads.read(streamId, versions)).rows).toHaveLength(1);
    const alone = await reads.readAlone(streamId, versions, false);
    expect(alone.rows.length).toBeLessThanOrEqual(11);
    expect(alone).toMatchObject({ atEnd: false, full: true });
    const all = await collectStream(store, streamId);
    expect(all.map(({ version }) => version)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });
});

test('an event that is larger than a page comes alone', async () => {
  const streamId = uniqueName('larger');
  await appendLarge(streamId, () => 'x'.repeat(3 * pageBytes), 3);
  expect((await batches(streamId, {})).map((events) => events.length)).toEqual([1, 1, 1]);
  expect(await collectStream(store, streamId)).toHaveLength(3);
});

test('pages that nothing fits into are refused', () => {
  for (const bytes of [0, -1, 1.5, Number.NaN, '1' as never])
    expect(() => postgresEventStore(database.pool, { pageBytes: bytes })).toThrow(Invalid);
});
