import assert from 'node:assert/strict';
import { BanyanError } from '../errors/errors.ts';
import type { EventRemoval, RemovedEvents } from '../event-store/event-removal.ts';
import type { EventStore, ExpectedVersion } from '../event-store/event-store.ts';
import type { ReadOptions } from '../feed/feed.ts';
import { labelOf, sampleEvents, uniqueName } from './sample-events.ts';
import { type Make, type TestPort, testWith } from './test-port.ts';

/** An event store that can forget, and a way to make time pass. */
export interface EventRemovalUnderTest {
  readonly store: EventStore & EventRemoval;
  /** Makes everything that happened so far so much older. */
  readonly age: (ms: number) => Promise<void> | void;
}

const day = 24 * 60 * 60_000;

const withCode = (code: string, details: Readonly<Record<string, unknown>> = {}) => {
  return (error: unknown) => {
    assert.ok(error instanceof BanyanError, String(error));
    assert.equal(error.code, code);
    assert.deepEqual(error.details, { ...error.details, ...details });
    return true;
  };
};

/** What every event store must do that can forget. Nobody else may write to the store. */
export function eventRemovalContract(port: TestPort, make: Make<EventRemovalUnderTest>): void {
  port.describe('an event store that can forget', () => {
    closing(port, make);
    removing(port, make);
    telling(port, make);
  });
}

function closing(port: TestPort, make: Make<EventRemovalUnderTest>): void {
  const test = testWith(port, make);

  test('takes no more events into a closed stream, and still reads it', async ({ store }) => {
    const [streamId, other, commandId] = [uniqueName('closed'), uniqueName('other'), uniqueName('command')];
    const first = await write(store, streamId, ['a', 'b'], 'absent', commandId);
    const status = await store.closeStream(streamId);
    assert.ok(status.closedAt instanceof Date);
    assert.deepEqual(status, { version: 2, closed: true, closedAt: status.closedAt, removedTo: 0 });
    for (const expected of ['any', 'present', 'absent', 2, 7] as const)
      await assert.rejects(
        write(store, streamId, ['c'], expected),
        withCode('stream-closed', { version: 2 }),
      );
    const both = [other, streamId].map((id) => append(id, ['c']));
    await assert.rejects(store.append(both), withCode('stream-closed', { streamId }));
    assert.deepEqual(await labels(store, streamId), ['a', 'b']);
    assert.deepEqual(await labels(store, other), []);
    const again = await write(store, streamId, ['a', 'b'], 'absent', commandId);
    assert.deepEqual(again, { ...first, repeated: true });
  });

  test('closes a stream where it is as expected, once, and none that is not there', async ({ store }) => {
    const streamId = uniqueName('closed');
    await assert.rejects(store.closeStream(streamId), withCode('stream-unknown'));
    assert.equal(await store.streamStatus(streamId), undefined);
    await write(store, streamId, ['a']);
    await assert.rejects(store.closeStream(streamId, 2), withCode('stream-conflict', { actual: 1 }));
    assert.deepEqual(await store.streamStatus(streamId), { version: 1, closed: false, removedTo: 0 });
    const closed = await store.closeStream(streamId, 1);
    assert.deepEqual(await store.closeStream(streamId, 5), closed);
    assert.deepEqual(await store.streamStatus(streamId), closed);
  });

  test('closes a stream before or after each of the appends that race with it', async ({ store }) => {
    const streamId = uniqueName('raced');
    await write(store, streamId, ['first']);
    const attempts = Array.from({ length: 10 }, (_, index) => write(store, streamId, [String(index)]));
    const closed = store.closeStream(streamId);
    const more = Array.from({ length: 10 }, (_, index) => write(store, streamId, [`late ${index}`]));
    const outcomes = await Promise.allSettled([...attempts, ...more]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') withCode('stream-closed')(outcome.reason);
    const { version } = await closed;
    const written = outcomes.filter(({ status }) => status === 'fulfilled').length;
    assert.equal(version, written + 1);
    assert.equal((await labels(store, streamId)).length, version);
  });
}

function removing(port: TestPort, make: Make<EventRemovalUnderTest>): void {
  const test = testWith(port, make);

  test('refuses a policy that would remove everything or that makes no sense', async ({ store }) => {
    for (const policy of [{}, { categories: ['a'] }, { olderThanMs: -1 }, { closedForMs: Number.NaN }])
      await assert.rejects(store.removeEvents(policy), withCode('retention-policy'));
    await assert.rejects(
      store.removeEvents({ olderThanMs: 0, categories: [] }),
      withCode('retention-policy'),
    );
  });

  test('removes the events of an age and keeps versions and positions', async ({ store, age }) => {
    const category = uniqueName('aged').replaceAll('-', '');
    const [one, two, three] = [`${category}-1`, `${category}-2`, `${category}-3`];
    await write(store, one, ['a', 'b', 'c']);
    await write(store, two, ['d']);
    await age(10 * day);
    await write(store, one, ['e']);
    await write(store, three, ['f']);
    const head = await store.head();
    const policy = { olderThanMs: 5 * day, categories: [category] };
    assert.deepEqual(await counts(store.removeEvents(policy, { dryRun: true })), { events: 4, streams: 2 });
    assert.equal((await labels(store, one)).length, 4);
    assert.deepEqual(await counts(store.removeEvents(policy)), { events: 4, streams: 2 });
    assert.deepEqual(await counts(store.removeEvents(policy)), { events: 0, streams: 0 });
    assert.deepEqual(await store.streamStatus(one), { version: 4, closed: false, removedTo: 3 });
    assert.deepEqual(await store.streamStatus(two), { version: 1, closed: false, removedTo: 1 });
    assert.deepEqual(await labels(store, one, 4), ['e']);
    assert.deepEqual(await labels(store, three), ['f']);
    assert.equal(await store.head(), head);
    const { versions, position } = await write(store, two, ['g'], 1);
    assert.deepEqual(versions, [2]);
    assert.ok(position > head);
    await assert.rejects(write(store, two, ['h'], 'absent'), withCode('stream-conflict', { actual: 2 }));
    assert.deepEqual(await labels(store, two, 2), ['g']);
  });

  test('removes what is old in all streams where no category is given', async ({ store, age }) => {
    const [one, two] = [uniqueName('one'), uniqueName('two')];
    await write(store, one, ['a']);
    await age(10 * day);
    await write(store, two, ['b']);
    const head = await store.head();
    const dry = await store.removeEvents({ olderThanMs: 5 * day }, { dryRun: true });
    assert.ok(dry.events >= 1);
    assert.deepEqual(await store.removeEvents({ olderThanMs: 5 * day }), dry);
    assert.equal((await store.streamStatus(one))?.removedTo, 1);
    assert.equal((await store.streamStatus(two))?.removedTo, 0);
    await age(10 * day);
    await store.removeEvents({ olderThanMs: 5 * day });
    assert.equal(await store.head(), head);
    // A reader that may miss them still gets to the end.
    for (const filter of [undefined, { streams: [one] }])
      for await (const { position } of store.read({ after: 0n, removed: 'skip', filter }))
        if (position >= head) break;
  });

  test('removes the events of streams that have been closed for long enough', async ({ store, age }) => {
    const category = uniqueName('closing').replaceAll('-', '');
    const [early, late, open] = [`${category}-early`, `${category}-late`, `${category}-open`];
    const categories = [category];
    for (const streamId of [early, late, open]) await write(store, streamId, ['a', 'b']);
    await store.closeStream(early);
    await age(10 * day);
    await store.closeStream(late);
    await store.removeEvents({ closedForMs: 5 * day, olderThanMs: 20 * day, categories });
    assert.equal((await store.streamStatus(early))?.removedTo, 0);
    const policy = { closedForMs: 5 * day, categories };
    assert.deepEqual(await counts(store.removeEvents(policy, { dryRun: true })), { events: 2, streams: 1 });
    assert.deepEqual(await counts(store.removeEvents(policy)), { events: 2, streams: 1 });
    assert.deepEqual(
      (await Promise.all([early, late, open].map((id) => store.streamStatus(id)))).map(
        (status) => status?.removedTo,
      ),
      [2, 0, 0],
    );
    await assert.rejects(write(store, early, ['c']), withCode('stream-closed', { version: 2 }));
  });
}

function telling(port: TestPort, make: Make<EventRemovalUnderTest>): void {
  const test = testWith(port, make);

  test('tells the reader of a stream what was removed of it', async ({ store, age }) => {
    const streamId = await beginningGone({ store, age });
    const refused = withCode('stream-events-removed', { streamId, removedTo: 2 });
    await assert.rejects(labels(store, streamId), refused);
    await assert.rejects(labels(store, streamId, 2), refused);
    await assert.rejects(labels(store, streamId, 1, 2), refused);
    assert.deepEqual(await labels(store, streamId, 3), ['c', 'd']);
    assert.deepEqual(await labels(store, streamId, 4, 4), ['d']);
    assert.deepEqual(await labels(store, streamId, 5), []);
  });

  test('tells the reader of the feed that events were removed that it has not seen', async ({
    store,
    age,
  }) => {
    const start = await store.head();
    const streamId = await beginningGone({ store, age });
    const { entries } = await firstBatch(store, { after: start, removed: 'skip' });
    assert.deepEqual(entries.map(labelOf), ['c', 'd']);
    const removedTo = entries[0]!.position - 1n;
    const refused = withCode('feed-events-removed', {
      after: String(start),
      removedTo: String(removedTo),
    });
    await assert.rejects(firstBatch(store, { after: start }), refused);
    await assert.rejects(firstBatch(store, { after: start, filter: { streams: [streamId] } }), refused);
    for (const filter of [undefined, { streams: [streamId] }]) {
      const rest = await firstBatch(store, { after: removedTo, filter });
      assert.deepEqual(rest.entries.map(labelOf), ['c', 'd']);
      const left = await firstBatch(store, { after: start, removed: 'skip', filter });
      assert.deepEqual(left.entries.map(labelOf), ['c', 'd']);
    }
  });

  test('tells a reader when events are removed that it is about to read', async ({ store, age }) => {
    const start = await store.head();
    const streamId = uniqueName('removed');
    await write(store, streamId, ['a', 'b', 'c']);
    const reading = store.read({ after: start, limit: 1 })[Symbol.asyncIterator]();
    assert.deepEqual((await reading.next()).value.entries.map(labelOf), ['a']);
    await age(10 * day);
    await write(store, streamId, ['d']);
    await store.removeEvents({ olderThanMs: 5 * day });
    await assert.rejects(
      (async () => {
        for (let turn = 0; turn < 3; turn++) await reading.next();
      })(),
      withCode('feed-events-removed'),
    );
  });
}

/** Four events, of which the first two were removed. */
async function beginningGone({ store, age }: EventRemovalUnderTest): Promise<string> {
  const streamId = uniqueName('gone');
  await write(store, streamId, ['a', 'b']);
  await age(10 * day);
  await write(store, streamId, ['c', 'd']);
  await store.removeEvents({ olderThanMs: 5 * day });
  return streamId;
}

/** Without what a store tells beside. */
async function counts(removal: Promise<RemovedEvents>): Promise<RemovedEvents> {
  const { events, streams } = await removal;
  return { events, streams };
}

const append = (streamId: string, names: readonly string[], expected: ExpectedVersion = 'any') => ({
  streamId,
  expected,
  events: sampleEvents(...names),
});

function write(
  store: EventStore,
  streamId: string,
  names: readonly string[],
  expected?: ExpectedVersion,
  commandId?: string,
) {
  return store.append([append(streamId, names, expected)], { commandId });
}

async function labels(store: EventStore, streamId: string, from = 1, to?: number): Promise<string[]> {
  const read: string[] = [];
  const range = { from, ...(to === undefined ? {} : { to }) };
  for await (const event of store.readStream(streamId, range)) read.push(labelOf(event));
  return read;
}

/** The first batch that has entries. */
async function firstBatch(store: EventStore, options: ReadOptions) {
  for await (const batch of store.read(options)) if (batch.entries.length > 0) return batch;
  throw new Error('the feed has ended');
}
