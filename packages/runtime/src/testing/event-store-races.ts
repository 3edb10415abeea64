import assert from 'node:assert/strict';
import { Conflict } from '../errors/errors.ts';
import type { AppendResult, EventStore, ExpectedVersion } from '../event-store/event-store.ts';
import { sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

const RACERS = 12;

async function race(store: EventStore, streamId: string, expected: readonly ExpectedVersion[]) {
  const attempts = expected.map((each, index) =>
    store.append([{ streamId, expected: each, events: sampleEvents(`racer ${index}`) }]),
  );
  const settled = await Promise.allSettled(attempts);
  const won: AppendResult[] = [];
  for (const attempt of settled) {
    if (attempt.status === 'fulfilled') won.push(attempt.value);
    else assert.ok(attempt.reason instanceof Conflict, `lost with ${attempt.reason}`);
  }
  return won;
}

async function versionsOf(store: EventStore, streamId: string): Promise<number[]> {
  const versions: number[] = [];
  for await (const { version } of store.readStream(streamId)) versions.push(version);
  return versions;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const times = (count: number, expected: ExpectedVersion) => Array.from({ length: count }, () => expected);

/** Expected versions hold when many writers come at once. */
export function eventStoreRaces(port: TestPort, makeStore: Make<EventStore>): void {
  const test = testWith(port, makeStore);

  for (const expected of ['absent', 0] as const) {
    test(`lets exactly one of many begin a stream that expect ${expected}`, async (store) => {
      const streamId = uniqueName('begin');
      assert.equal((await race(store, streamId, times(RACERS, expected))).length, 1);
      assert.deepEqual(await versionsOf(store, streamId), [1]);
    });
  }

  test('lets exactly one of many append at an exact version', async (store) => {
    const streamId = uniqueName('exact');
    await store.append([{ streamId, expected: 'absent', events: sampleEvents('a', 'b') }]);
    assert.equal((await race(store, streamId, times(RACERS, 2))).length, 1);
    assert.deepEqual(await versionsOf(store, streamId), [1, 2, 3]);
  });

  test('lets all of many append that expect nothing, each at a version of its own', async (store) => {
    const streamId = uniqueName('any');
    const won = await race(store, streamId, times(RACERS, 'any'));
    assert.deepEqual(
      won.flatMap(({ versions }) => versions).sort((a, b) => a - b),
      upTo(RACERS),
    );
    assert.equal(new Set(won.map(({ position }) => position)).size, RACERS);
    assert.deepEqual(await versionsOf(store, streamId), upTo(RACERS));
  });

  test('lets nobody who expects a stream come before the one who begins it', async (store) => {
    const streamId = uniqueName('present');
    const mixed: ExpectedVersion[] = [...times(5, 'present'), 'absent', ...times(5, 'present')];
    const won = await race(store, streamId, mixed);
    assert.ok(won.length >= 1);
    assert.deepEqual(await versionsOf(store, streamId), upTo(won.length));
  });

  test('serves writers who name the same streams in opposite orders', async (store) => {
    const streams = [uniqueName('left'), uniqueName('right')] as const;
    const both = (order: readonly string[]) =>
      store.append(order.map((streamId) => ({ streamId, expected: 'any', events: sampleEvents('x') })));
    const appends = upTo(RACERS).map((turn) => both(turn % 2 === 0 ? streams : [...streams].reverse()));
    await Promise.all(appends);
    for (const streamId of streams) assert.deepEqual(await versionsOf(store, streamId), upTo(RACERS));
  });
}
