import { describe, expect, test } from 'vitest';
import { Invalid, Terminal, Unavailable } from '../errors/errors.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import type { ReadOptions } from '../feed/feed.ts';
import type { RecordedEvent } from '../message/message.ts';
import { labelOf, sampleEvents } from '../testing/sample-events.ts';
import { systemTiming, type Timing } from '../timing/timing.ts';
import { InMemoryCheckpointStore, type InMemoryTransaction } from './in-memory-checkpoint-store.ts';
import { retry, stopOnFailure } from './recovery.ts';
import { type SubscribeOptions, subscribe } from './subscribe.ts';

const NAME = 'labels';

/** A subscriber that keeps the labels of the events it was given. */
function setUp() {
  const store = new InMemoryEventStore();
  const checkpoints = new InMemoryCheckpointStore();
  const applied: string[] = [];
  const handle = async (entries: readonly RecordedEvent[], tx: InMemoryTransaction) =>
    tx.onCommit(() => applied.push(...entries.map(labelOf)));
  const write = (...labels: string[]) =>
    store.append([{ streamId: 's', expected: 'any', events: sampleEvents(...labels) }]);
  const start = (options: Partial<SubscribeOptions<RecordedEvent, InMemoryTransaction>> = {}) =>
    subscribe({ name: NAME, feed: store, checkpoints, handle, ...options });
  const reached = (position: bigint) =>
    expect.poll(async () => (await checkpoints.load(NAME)).position, { interval: 5 }).toBe(position);
  return { store, checkpoints, applied, handle, write, start, reached };
}

/** Waits without waiting and notes for how long. */
function instantTiming(): Timing & { readonly slept: number[] } {
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { now: Date.now, random: () => 0.5, sleep, slept };
}

describe('a subscription', () => {
  test('applies what is there and what comes, and goes on where it ended', async () => {
    const { write, start, reached, applied } = setUp();
    await write('a', 'b');
    {
      await using subscription = start();
      await reached(2n);
      await write('c');
      await reached(3n);
      void subscription;
    }
    await write('d');
    const again = start();
    await reached(4n);
    await again.stop();
    await again.done;
    expect(applied).toEqual(['a', 'b', 'c', 'd']);
  });

  test('applies once what two subscribers of one name read', async () => {
    const { write, start, reached, applied } = setUp();
    const both = [start({ limit: 1 }), start({ limit: 2 })];
    const labels = Array.from({ length: 50 }, (_, index) => String(index));
    for (const label of labels) await write(label);
    await reached(50n);
    await Promise.all(both.map((each) => each.stop()));
    expect(applied).toEqual(labels);
  });

  test('goes on where what it was to read is gone because another subscriber of its name has had it', async () => {
    const { store, write, start, reached, applied, checkpoints } = setUp();
    await write('a', 'b');
    const late = new Terminal('slot-ahead', 'It was confirmed past the checkpoint.');
    async function* read(options: ReadOptions) {
      if (options.after === 0n) {
        await checkpoints.advance(NAME, { from: 0n, to: 1n });
        throw late;
      }
      yield* store.read(options);
    }
    const running = start({ feed: { read } });
    await reached(2n);
    await running.stop();
    expect(applied).toEqual(['b']);
    const alone = async function* () {
      yield* [];
      throw late;
    };
    await expect(start({ feed: { read: alone } }).done).rejects.toBe(late);
  });

  test('applies nothing while stopped is wanted', async () => {
    const { write, start, reached, applied, checkpoints } = setUp();
    await write('a');
    await using subscription = start({ initial: 'stopped' });
    await checkpoints.changed(NAME, 20);
    expect(applied).toEqual([]);
    await checkpoints.control(NAME, { desired: 'running' });
    await reached(1n);
    await checkpoints.control(NAME, { desired: 'stopped' });
    await write('b');
    await checkpoints.changed(NAME, 20);
    expect(applied).toEqual(['a']);
    await checkpoints.control(NAME, { desired: 'running' });
    await reached(2n);
    expect(applied).toEqual(['a', 'b']);
    void subscription;
  });

  test('stops exactly at a hold inside a batch, and goes on when it moves and when it is cleared', async () => {
    const { write, start, reached, applied, checkpoints } = setUp();
    await write('a', 'b', 'c', 'd');
    await checkpoints.control(NAME, { holdAt: 2n });
    await using subscription = start();
    await reached(2n);
    expect(applied).toEqual(['a', 'b']);
    await checkpoints.control(NAME, { holdAt: 3n });
    await reached(3n);
    expect(applied).toEqual(['a', 'b', 'c']);
    await checkpoints.control(NAME, { holdAt: null });
    await reached(4n);
    expect(applied).toEqual(['a', 'b', 'c', 'd']);
    void subscription;
  });

  test('reads again from the beginning after a reset by somebody else', async () => {
    const { write, start, reached, applied, checkpoints } = setUp();
    await write('a', 'b');
    await using subscription = start();
    await reached(2n);
    await checkpoints.reset(NAME, async (tx) => tx.onCommit(() => applied.splice(0)));
    await write('c');
    await reached(3n);
    expect(applied).toEqual(['a', 'b', 'c']);
    void subscription;
  });

  test('lets go of a source that has nothing new when stopped is wanted', async () => {
    const { store, start, checkpoints } = setUp();
    let reading = 0;
    async function* read(options: Parameters<typeof store.read>[0]) {
      reading += 1;
      try {
        yield* store.read(options);
      } finally {
        reading -= 1;
      }
    }
    await using subscription = start({ feed: { read } });
    await expect.poll(() => reading).toBe(1);
    await checkpoints.control(NAME, { desired: 'stopped' });
    await expect.poll(() => reading, { timeout: 5_000 }).toBe(0);
    await checkpoints.control(NAME, { desired: 'running' });
    await expect.poll(() => reading).toBe(1);
    void subscription;
  });

  test('begins anew when its checkpoint is put back, also while there is nothing new', async () => {
    const { write, start, reached, applied, checkpoints } = setUp();
    await write('a', 'b');
    await using subscription = start();
    await reached(2n);
    await checkpoints.reset(NAME, async (tx) => tx.onCommit(() => applied.splice(0)));
    await expect.poll(() => applied, { timeout: 5_000 }).toEqual(['a', 'b']);
    await reached(2n);
    void subscription;
  });

  test('confirms to the source only what was committed', async () => {
    const { store, write, start, reached, checkpoints } = setUp();
    const confirmed: [bigint, bigint][] = [];
    const confirm = async (position: bigint) =>
      void confirmed.push([position, (await checkpoints.load(NAME)).position]);
    await write('a', 'b');
    await using subscription = start({ feed: { read: (options) => store.read(options), confirm }, limit: 1 });
    await reached(2n);
    await expect
      .poll(() => confirmed)
      .toEqual([
        [1n, 1n],
        [2n, 2n],
      ]);
    void subscription;
  });
});

describe('a failing subscription', () => {
  test('retries what may pass with growing waits, and applies it once', async () => {
    const { write, start, reached, applied, handle, checkpoints } = setUp();
    const timing = instantTiming();
    let failures = 0;
    await write('a');
    await using subscription = start({
      timing,
      handle: async (entries, tx) => {
        await handle(entries, tx);
        failures += 1;
        if (failures <= 10) throw new Unavailable('away', 'The database is away.');
      },
    });
    await reached(1n);
    await subscription.stop();
    expect(applied).toEqual(['a']);
    expect(timing.slept.slice(0, 10)).toEqual([38, 75, 150, 300, 600, 1200, 2400, 3750, 3750, 3750]);
    expect((await checkpoints.load(NAME)).reported).toEqual({ at: expect.any(Date) });
  });

  test('counts a source that cannot be confirmed to as failing, and applies nothing again', async () => {
    const { store, write, start, applied } = setUp();
    await write('a', 'b', 'c', 'd');
    const confirm = async () => {
      throw new Unavailable('away', 'The source is away.');
    };
    const feed = { read: (options: Parameters<typeof store.read>[0]) => store.read(options), confirm };
    const options = { feed, limit: 1, onError: retry({ retries: 2 }), timing: instantTiming() };
    await expect(start(options).done).rejects.toThrow('The source is away.');
    expect(applied).toEqual(['a', 'b', 'c']);
  });

  test('stops at what will not pass, says why, and has changed nothing', async () => {
    const { write, start, checkpoints } = setUp();
    await write('a');
    const subscription = start({
      handle: async () => {
        throw new Error('a bug');
      },
    });
    await expect(subscription.done).rejects.toMatchObject({ code: 'unexpected', message: 'a bug' });
    expect((await checkpoints.load(NAME)).reported?.error).toBe('unexpected: a bug');
    expect((await checkpoints.load(NAME)).position).toBe(0n);
    await subscription.stop();
  });

  test.each([
    [stopOnFailure, 1],
    [retry({ retries: 2 }), 3],
  ])('gives up as its strategy says', async (onError, calls) => {
    const { write, start } = setUp();
    let called = 0;
    await write('a');
    const handle = async () => {
      called += 1;
      throw new Invalid('bad', 'It is bad.');
    };
    await expect(start({ handle, onError, timing: instantTiming() }).done).rejects.toThrow('It is bad.');
    expect(called).toBe(calls);
  });

  test('reports lag at most once a second', async () => {
    const { write, start, reached, checkpoints } = setUp();
    let now = 10_000;
    const reports: unknown[] = [];
    checkpoints.report = async (_name, report) => void reports.push(report);
    const timing = { ...systemTiming, now: () => now };
    await using subscription = start({ timing, committedAt: () => new Date(9_000) });
    await write('a');
    await reached(1n);
    await write('b');
    await reached(2n);
    now += 1_000;
    await write('c');
    await reached(3n);
    await subscription.stop();
    expect(reports).toEqual([
      { appliedAt: new Date(9_000), lagMs: 1_000 },
      { appliedAt: new Date(9_000), lagMs: 2_000 },
    ]);
  });
});
