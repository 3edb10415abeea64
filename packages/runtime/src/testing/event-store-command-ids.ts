import assert from 'node:assert/strict';
import { Conflict, Invalid } from '../errors/errors.ts';
import type { EventStore, ExpectedVersion } from '../event-store/event-store.ts';
import { labelOf, sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

async function labelsOf(store: EventStore, streamId: string): Promise<string[]> {
  const labels: string[] = [];
  for await (const event of store.readStream(streamId)) labels.push(labelOf(event));
  return labels;
}

function appendOne(
  store: EventStore,
  streamId: string,
  commandId: string | undefined,
  label: string,
  expected: ExpectedVersion = 'any',
) {
  return store.append([{ streamId, expected, events: sampleEvents(label) }], { commandId });
}

/** A command takes effect once, however often it is sent. */
export function eventStoreCommandIds(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);

  test('answers a command id that it has seen with the first result, and writes nothing', async (store) => {
    const [one, two, id] = [uniqueName('one'), uniqueName('two'), uniqueName('command')];
    const append = (label: string) =>
      store.append(
        [
          { streamId: one, expected: 'absent', events: sampleEvents(`${label} 1`, `${label} 2`) },
          { streamId: two, expected: 'any', events: sampleEvents(`${label} 3`) },
        ],
        { commandId: id },
      );
    const first = await append('first');
    assert.equal(first.repeated, undefined);
    await appendOne(store, two, undefined, 'between');
    const head = await store.head();
    assert.deepEqual(await append('second'), { ...first, repeated: true });
    assert.equal(await store.head(), head);
    assert.deepEqual(await labelsOf(store, one), ['first 1', 'first 2']);
    assert.deepEqual(await labelsOf(store, two), ['first 3', 'between']);
  });

  test('knows a command id whatever stream it comes with, and tells ids apart', async (store) => {
    const [one, two, id] = [uniqueName('one'), uniqueName('two'), uniqueName('command')];
    const first = await appendOne(store, one, id, 'a');
    assert.deepEqual(await appendOne(store, two, id, 'b', 'absent'), { ...first, repeated: true });
    assert.equal((await appendOne(store, two, `${id}!`, 'c', 'absent')).repeated, undefined);
    assert.deepEqual(await labelsOf(store, two), ['c']);
  });

  test('leaves the command id of a refused append unused', async (store) => {
    const [streamId, id] = [uniqueName('refused'), uniqueName('command')];
    await assert.rejects(appendOne(store, streamId, id, 'too early', 'present'), Conflict);
    assert.deepEqual((await appendOne(store, streamId, id, 'now', 'absent')).versions, [1]);
    assert.deepEqual(await labelsOf(store, streamId), ['now']);
  });

  test('lets one of many that race with one command id write, and answers all with its result', async (store) => {
    const [streamId, id] = [uniqueName('raced'), uniqueName('command')];
    const race = Array.from({ length: 12 }, (_, racer) => [
      appendOne(store, streamId, id, `racer ${racer}`),
      appendOne(store, uniqueName('other'), undefined, 'other'),
    ]).flat();
    const results = (await Promise.all(race)).filter((_, index) => index % 2 === 0);
    assert.deepEqual(new Set(results.map(({ position }) => position)).size, 1);
    assert.equal(results.filter(({ repeated }) => repeated === undefined).length, 1);
    assert.deepEqual(
      results.map(({ versions }) => versions),
      results.map(() => [1]),
    );
    assert.equal((await labelsOf(store, streamId)).length, 1);
  });

  test('appends new and repeated commands side by side', async (store) => {
    const streams = Array.from({ length: 8 }, (_, index) => ({
      streamId: uniqueName('side'),
      commandId: uniqueName(`command ${index}`),
    }));
    const all = (label: string, which: typeof streams) =>
      Promise.all(which.map(({ streamId, commandId }) => appendOne(store, streamId, commandId, label)));
    const half = await all('first', streams.slice(0, 4));
    const results = await all('second', streams);
    assert.deepEqual(
      results.slice(0, 4),
      half.map((result) => ({ ...result, repeated: true })),
    );
    for (const [index, { streamId }] of streams.entries())
      assert.deepEqual(await labelsOf(store, streamId), [index < 4 ? 'first' : 'second']);
  });

  test('refuses a command id that is empty or too long', async (store) => {
    for (const id of ['', 'x'.repeat(256)])
      await assert.rejects(
        appendOne(store, uniqueName('refused'), id, 'a'),
        (error) => error instanceof Invalid && error.code === 'command-id',
      );
  });
}
