import assert from 'node:assert/strict';
import { Invalid } from '../errors/errors.ts';
import type { EventStore, StreamAppend, StreamRange } from '../event-store/event-store.ts';
import type { ReadOptions } from '../feed/feed.ts';
import { sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

const [event] = sampleEvents('sample');
const halfCharacter = 'a\ud800b';
const nul = 'a\0b';

/** Parts of an append, and the code that it is refused with. */
const badAppends: Readonly<Record<string, readonly [code: string, part: object]>> = {
  'a stream without a name': ['stream-id', { streamId: '' }],
  'the name of a stream that is too long': ['stream-id', { streamId: '字'.repeat(501) }],
  'NUL in the name of a stream': ['stream-id', { streamId: nul }],
  'half a character in the name of a stream': ['stream-id', { streamId: halfCharacter }],
  'a number for a stream': ['stream-id', { streamId: 5 }],
  'a stream that is not named': ['stream-id', { streamId: undefined }],
  'a version below 0': ['expected-version', { expected: -1 }],
  'a version that nothing can have': ['expected-version', { expected: 2 ** 40 }],
  'a version as a text': ['expected-version', { expected: '1' }],
  'no expectation': ['expected-version', { expected: null }],
  'an event without a type': ['event-type', { events: [{ ...event, type: '' }] }],
  'NUL in a type': ['event-type', { events: [{ ...event, type: nul }] }],
  'a broken schema version': ['schema-version', { events: [{ ...event, schemaVersion: 1.5 }] }],
  'no schema version': ['schema-version', { events: [{ ...event, schemaVersion: undefined }] }],
  'no metadata': ['event-metadata', { events: [{ ...event, metadata: undefined }] }],
  'a Date in the data': ['event-data', { events: [{ ...event, data: { at: new Date() } }] }],
  'a bigint in the data': ['event-data', { events: [{ ...event, data: { n: 1n } }] }],
  'NaN in the data': ['event-data', { events: [{ ...event, data: { n: Number.NaN } }] }],
  'a Map for data': ['event-data', { events: [{ ...event, data: new Map([[1, 2]]) }] }],
  'too many events': ['append-too-large', { events: Array.from({ length: 10_001 }, () => event) }],
  'too much data': ['append-too-large', { events: [{ ...event, data: 'x'.repeat(17 * 1024 * 1024) }] }],
};

const badTexts: Readonly<Record<string, unknown>> = {
  'NUL in a text': { text: nul },
  'NUL in a name': { [nul]: 1 },
  'half a character in a text': { deep: [{ text: halfCharacter }] },
};

/** What looks strange and is not. */
const goodData: Readonly<Record<string, unknown>> = {
  'names that objects have': JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}'),
  'an empty name': { '': 1 },
  'the escape of NUL, escaped': { text: '\\u0000 \\\\u0000 \\ud800' },
  'whole characters': { text: '🎷 日本 é e\u0301' },
  'numbers at the ends of what there is': [1e300, 5e-324, Number.MAX_SAFE_INTEGER, -0.5, 2 ** 53 + 2],
  'no members': [{}, [], '', null],
};

const badRanges: readonly StreamRange[] = [
  { from: 0 },
  { from: -5 },
  { from: 1.5 },
  { from: Number.NaN },
  { to: -1 },
];
const emptyRanges: readonly StreamRange[] = [{ to: 0 }, { from: 5, to: 2 }, { from: 2 ** 40 }];
const badOptions: readonly ReadOptions[] = [
  { after: -1n },
  { after: 2n ** 70n },
  { after: 0 as never },
  { after: 0n, limit: 0 },
  { after: 0n, limit: -1 },
  { after: 0n, limit: 1.5 },
];

/** Bad input gets a clear error and changes nothing. */
export function eventStoreBadInput(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);

  for (const [what, [code, part]] of Object.entries(badAppends)) {
    test(`refuses ${what}`, async (store) => {
      const append = {
        streamId: uniqueName('bad'),
        expected: 'any',
        events: [event!],
        ...part,
      } as StreamAppend;
      const head = await store.head();
      await assert.rejects(
        store.append([append]),
        (error) => error instanceof Invalid && error.code === code,
      );
      assert.equal(await store.head(), head);
    });
  }

  test('refuses command ids that nothing can have', async (store) => {
    for (const commandId of ['', 'x'.repeat(256), nul, halfCharacter, 5 as never, null as never]) {
      const append = { streamId: uniqueName('command'), expected: 'any', events: [event!] } as const;
      await assert.rejects(
        store.append([append], { commandId }),
        (error) => error instanceof Invalid && error.code === 'command-id',
      );
    }
  });

  for (const [what, data] of Object.entries(badTexts)) {
    test(`refuses ${what} of the data or keeps it as it is, and harms nothing that comes with it`, async (store) => {
      const [good, bad] = [uniqueName('good'), uniqueName('bad')];
      const append = (streamId: string, kept: unknown) =>
        store.append([{ streamId, expected: 'any', events: [{ ...event!, data: kept }] }]);
      const [first, doubtful, last] = await Promise.allSettled([
        append(good, 1),
        append(bad, data),
        append(good, 2),
      ]);
      assert.deepEqual([first.status, last.status], ['fulfilled', 'fulfilled']);
      assert.ok(doubtful.status === 'fulfilled' || doubtful.reason instanceof Invalid);
      assert.deepEqual(await dataOf(store, bad), doubtful.status === 'fulfilled' ? [data] : []);
      assert.deepEqual(await dataOf(store, good), [1, 2]);
    });
  }

  for (const [what, data] of Object.entries(goodData)) {
    test(`keeps ${what}`, async (store) => {
      const streamId = uniqueName('strange');
      await store.append([{ streamId, expected: 'any', events: [{ ...event!, data }] }]);
      assert.deepEqual(await dataOf(store, streamId), [data]);
      assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
    });
  }

  test('keeps streams apart that look alike', async (store) => {
    const name = uniqueName('alike');
    const names = [
      name,
      `${name} `,
      ` ${name}`,
      name.toUpperCase(),
      `${name}é`,
      `${name}e\u0301`,
      `__proto__${name}`,
    ];
    for (const streamId of names)
      await store.append([{ streamId, expected: 'absent', events: sampleEvents(streamId) }]);
    for (const streamId of names) assert.deepEqual(await dataOf(store, streamId), [{ label: streamId }]);
  });

  test('refuses ranges of a stream that can not be, and reads nothing where there is nothing', async (store) => {
    const streamId = uniqueName('range');
    await store.append([{ streamId, expected: 'any', events: sampleEvents('1', '2', '3') }]);
    for (const range of badRanges) {
      await assert.rejects(
        dataOf(store, streamId, range),
        (error) => error instanceof Invalid && error.code === 'stream-range',
      );
    }
    for (const range of emptyRanges) assert.deepEqual(await dataOf(store, streamId, range), []);
    assert.equal((await dataOf(store, streamId, { to: 2 ** 40 })).length, 3);
  });

  test('refuses positions and limits that can not be', async (store) => {
    for (const options of badOptions) {
      const read = async () => {
        for await (const _ of store.read({ signal: AbortSignal.timeout(5_000), ...options })) return;
      };
      await assert.rejects(read, (error) => error instanceof Invalid && error.code === 'read-options');
    }
  });
}

async function dataOf(store: EventStore, streamId: string, range?: StreamRange): Promise<unknown[]> {
  const data: unknown[] = [];
  for await (const event of store.readStream(streamId, range)) data.push(event.data);
  return data;
}
