import assert from 'node:assert/strict';
import { Conflict, Invalid } from '../errors/errors.ts';
import type { EventStore, ExpectedVersion } from '../event-store/event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import { eventStoreBadInput } from './event-store-bad-input.ts';
import { eventStoreCommandIds } from './event-store-command-ids.ts';
import { eventStoreFilters } from './event-store-filters.ts';

import { eventStoreRaces } from './event-store-races.ts';
import { labelOf, sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** All events of a stream. */
export async function collectStream(
  store: EventStore,
  streamId: string,
  range?: { from?: number; to?: number },
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readStream(streamId, range)) events.push(event);
  return events;
}

/** What every event store must do. The store may be shared between tests, but nobody else may write to it. */
export function eventStoreContract(port: TestPort, makeStore: Make<EventStore>): void {
  port.describe('an event store', () => {
    appending(port, makeStore);
    expecting(port, makeStore);
    reading(port, makeStore);
    eventStoreBadInput(port, makeStore);
    eventStoreFilters(port, makeStore);
    eventStoreCommandIds(port, makeStore);
    eventStoreRaces(port, makeStore);
  });
}

function appending(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);

  test('keeps an event as it was given', async (store) => {
    const streamId = uniqueName('kept');
    const [event] = sampleEvents('one');
    const whole = {
      ...event!,
      data: { text: 'Zoë, "quoted" \\ 日本', list: [1.5, null, { deep: true }], none: null },
      schemaVersion: 3,
      metadata: { ...event!.metadata, causationId: event!.metadata.id, traceparent: '00-ab-cd-01' },
    };
    const { position } = await store.append([{ streamId, expected: 'any', events: [whole] }]);
    const [kept] = await collectStream(store, streamId);
    const { recordedAt } = kept!;
    assert.ok(recordedAt instanceof Date && Math.abs(recordedAt.getTime() - Date.now()) < 600_000);
    assert.deepEqual(kept, { ...whole, streamId, version: 1, position, recordedAt });
  });

  test('numbers the events of a stream 1, 2, 3 and answers with its new version', async (store) => {
    const streamId = uniqueName('numbered');
    const first = await store.append([{ streamId, expected: 'absent', events: sampleEvents('a', 'b') }]);
    const second = await store.append([{ streamId, expected: 2, events: sampleEvents('c') }]);
    assert.deepEqual([first.versions, second.versions], [[2], [3]]);
    const events = await collectStream(store, streamId);
    assert.deepEqual(
      events.map(({ version }) => version),
      [1, 2, 3],
    );
    assert.deepEqual(events.map(labelOf), ['a', 'b', 'c']);
    assert.equal(events.at(-1)!.position, second.position);
    assert.ok(first.position < second.position);
  });

  test('appends to several streams or to none of them', async (store) => {
    const [one, two] = [uniqueName('one'), uniqueName('two')];
    const both = (expected: ExpectedVersion) =>
      store.append([
        { streamId: one, expected: 'any', events: sampleEvents('x', 'y') },
        { streamId: two, expected, events: sampleEvents('z') },
      ]);
    assert.deepEqual((await both('absent')).versions, [2, 1]);
    await assert.rejects(both('absent'), Conflict);
    assert.equal((await collectStream(store, one)).length, 2);
    assert.equal((await collectStream(store, two)).length, 1);
  });

  test('refuses an append without events and a stream named twice', async (store) => {
    const streamId = uniqueName('refused');
    const append = { streamId, expected: 'any', events: sampleEvents('a') } as const;
    const withCode = (code: string) => (error: unknown) => error instanceof Invalid && error.code === code;
    await assert.rejects(store.append([{ ...append, events: [] }]), withCode('empty-append'));
    await assert.rejects(store.append([append, append]), withCode('stream-twice'));
    assert.deepEqual(await collectStream(store, streamId), []);
  });
}

const expectations: readonly [expected: ExpectedVersion, existing: number, holds: boolean][] = [
  ['any', 0, true],
  ['any', 2, true],
  ['absent', 0, true],
  ['absent', 1, false],
  ['present', 0, false],
  ['present', 2, true],
  [0, 0, true],
  [0, 1, false],
  [2, 2, true],
  [2, 1, false],
  [2, 3, false],
  [1, 0, false],
];

function expecting(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);
  for (const [expected, existing, holds] of expectations) {
    const verb = holds ? 'accepts' : 'refuses';
    test(`${verb} an append that expects ${expected} of a stream with ${existing} events`, async (store) => {
      const streamId = uniqueName('expected');
      const before = Array.from({ length: existing }, (_, index) => `before ${index}`);
      if (existing > 0)
        await store.append([{ streamId, expected: 'absent', events: sampleEvents(...before) }]);
      const append = store.append([{ streamId, expected, events: sampleEvents('new') }]);
      if (holds) assert.deepEqual((await append).versions, [existing + 1]);
      else
        await assert.rejects(
          append,
          (error) => error instanceof Conflict && error.code === 'stream-conflict',
        );
      assert.equal((await collectStream(store, streamId)).length, existing + (holds ? 1 : 0));
    });
  }
}

function reading(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);

  test('has no events in a stream that does not exist', async (store) => {
    assert.deepEqual(await collectStream(store, uniqueName('nothing')), []);
  });

  test('reads a range of a stream, both ends included', async (store) => {
    const streamId = uniqueName('range');
    await store.append([{ streamId, expected: 'any', events: sampleEvents('1', '2', '3', '4') }]);
    const labels = async (range: { from?: number; to?: number }) =>
      (await collectStream(store, streamId, range)).map(labelOf);
    assert.deepEqual(await labels({ from: 2, to: 3 }), ['2', '3']);
    assert.deepEqual(await labels({ from: 3 }), ['3', '4']);
    assert.deepEqual(await labels({ to: 1 }), ['1']);
    assert.deepEqual(await labels({ from: 5 }), []);
  });

  test('reads a stream that is longer than any page', async (store) => {
    const streamId = uniqueName('long');
    const labels = Array.from({ length: 1_500 }, (_, index) => String(index));
    await store.append([{ streamId, expected: 'any', events: sampleEvents(...labels) }]);
    assert.deepEqual((await collectStream(store, streamId)).map(labelOf), labels);
  });

  test('is at the position of the newest event', async (store) => {
    const append = { streamId: uniqueName('head'), expected: 'any', events: sampleEvents('a', 'b') } as const;
    const { position } = await store.append([append]);
    assert.equal(await store.head(), position);
  });
}
