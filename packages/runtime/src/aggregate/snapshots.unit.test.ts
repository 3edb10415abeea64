import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../contract/contract.ts';
import { type BanyanError, Unavailable } from '../errors/errors.ts';
import { InMemorySnapshotStore } from '../snapshot/in-memory-snapshot-store.ts';
import type { SnapshotOptions } from '../snapshot/snapshot-options.ts';
import { aggregate } from './aggregate.ts';
import { aggregateHandler } from './execute.ts';
import { review } from './review.fixture.ts';
import { WatchedStore } from './watched-store.fixture.ts';

function setUp(options: Partial<SnapshotOptions> = {}, stateVersion = 1, store = new WatchedStore()) {
  const snapshots = new InMemorySnapshotStore();
  const start = (version = stateVersion) =>
    aggregateHandler({
      store,
      aggregate: { ...review, stateVersion: version },
      snapshots: { store: snapshots, everyEvents: 3, replayMs: 60_000, ...options },
    });
  const versionKept = async (version = stateVersion) =>
    (await snapshots.load('review-7', { stateVersion: version }))?.version;
  return { store, snapshots, start, versionKept };
}

async function likes(handler: ReturnType<ReturnType<typeof setUp>['start']>, times: number) {
  for (let time = 0; time < times; time += 1) await handler.execute('7', 'AddLikes', { count: 1 });
  await handler.flush();
}

describe('snapshots', () => {
  test('are made after so many events, and loading begins at the newest', async () => {
    const { store, start, versionKept } = setUp();
    const handler = start();
    await handler.execute('7', 'WriteReview', { text: 'good' });
    await likes(handler, 1);
    expect(await versionKept()).toBeUndefined();
    await likes(handler, 1);
    expect(await versionKept()).toBe(3);
    await likes(handler, 5);
    expect(await versionKept()).toBe(6);
    store.reads.length = 0;
    expect((await start().execute('7', 'AddLikes', { count: 1 })).state).toEqual({ text: 'good', likes: 8 });
    expect(store.reads).toEqual([7]);
  });

  test('are made after a load that took long', async () => {
    const { store, start, versionKept } = setUp({ everyEvents: 1_000, replayMs: -1 });
    await aggregateHandler({ store, aggregate: review }).execute('7', 'WriteReview', { text: 'good' });
    await likes(start(), 1);
    expect(await versionKept()).toBe(1);
  });

  test('of another version of the state are left out and replaced', async () => {
    const { store, start, versionKept } = setUp();
    const old = start(1);
    await old.execute('7', 'WriteReview', { text: 'good' });
    await likes(old, 3);
    store.reads.length = 0;
    await likes(start(2), 1);
    expect(store.reads).toEqual([1]);
    expect([await versionKept(1), await versionKept(2)]).toEqual([undefined, 4]);
  });

  test('that can not be read or written fail no command, and say so', async () => {
    const errors: BanyanError[] = [];
    const away = async () => Promise.reject(new Unavailable('away', 'No snapshots.'));
    const store = { load: away, save: away, discard: away };
    const { start } = setUp({ store, everyEvents: 1, onError: (error) => errors.push(error) });
    const handler = start();
    await handler.execute('7', 'WriteReview', { text: 'good' });
    await likes(handler, 1);
    expect(errors.map(({ code }) => code)).toEqual(['away', 'away', 'away']);
  });

  test('need a codec where the state is not plain JSON', async () => {
    const tags = aggregate({
      name: 'tags',
      contract: contract({
        commands: { Tag: z.object({ tag: z.string() }) },
        events: { Tagged: z.object({ tag: z.string() }) },
      }),
      initial: new Set<string>() as ReadonlySet<string>,
      decide: { Tag: (_, data) => ({ type: 'Tagged', data }) },
      evolve: { Tagged: (known, { tag }) => new Set([...known, tag]) },
    });
    const store = new WatchedStore();
    const snapshots = { store: new InMemorySnapshotStore(), everyEvents: 1 };
    expect(() => aggregateHandler({ store, aggregate: tags, snapshots })).toThrow('it is a Set');
    const coded = {
      ...tags,
      stateCodec: {
        encode: (state: ReadonlySet<string>) => [...state],
        decode: (json: string[]) => new Set(json),
      },
    };
    const start = () => aggregateHandler({ store, aggregate: coded, snapshots });
    const first = start();
    await first.execute('1', 'Tag', { tag: 'a' });
    await first.flush();
    store.reads.length = 0;
    expect((await start().execute('1', 'Tag', { tag: 'b' })).state).toEqual(new Set(['a', 'b']));
    expect(store.reads).toEqual([2]);
  });

  test('are passed over for a command with an id of its sender, which only the events know', async () => {
    const { store, start } = setUp({ everyEvents: 1 });
    const write = (handler: ReturnType<typeof start>) =>
      handler.execute('7', 'WriteReview', { text: 'good' }, { commandId: 'same' });
    const handler = start();
    await write(handler);
    await likes(handler, 4);
    store.reads.length = 0;
    expect((await write(start())).version).toBe(1);
    expect(store.reads[0]).toBe(1);
  });
});
