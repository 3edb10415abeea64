import { describe, expect, test } from 'vitest';
import { InMemoryDeadLetterStore } from '../dead-letter/in-memory-dead-letter-store.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { InMemoryLeaseStore } from '../lease/in-memory-lease-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import { awaitPosition } from '../projection/await-position.ts';
import { labelOf, sampleEvents } from '../testing/sample-events.ts';
import { InMemoryCheckpointStore, type InMemoryTransaction } from './in-memory-checkpoint-store.ts';
import { laneGroup } from './lane-shares.ts';
import { retryThenDeadLetter } from './recovery.ts';
import { type SubscribeOptions, subscribe } from './subscribe.ts';

const NAME = 'labels';
const STREAMS = 20;

/** Subscribers in lanes that keep the labels of each stream. */
function setUp() {
  const store = new InMemoryEventStore();
  const leases = new InMemoryLeaseStore();
  const checkpoints = new InMemoryCheckpointStore({ leases });
  const deadLetters = new InMemoryDeadLetterStore();
  const applied = new Map<string, string[]>();
  const written = new Map<string, string[]>();
  let count = 0;
  const handle = async (entries: readonly RecordedEvent[], tx: InMemoryTransaction) => {
    await new Promise((resolve) => setImmediate(resolve));
    tx.onCommit(() => {
      for (const event of entries)
        applied.set(event.streamId, [...(applied.get(event.streamId) ?? []), labelOf(event)]);
    });
  };
  const write = async (events: number) => {
    let position = 0n;
    for (let index = 0; index < events; index++) {
      const [streamId, label] = [`s-${count % STREAMS}`, String(count++)];
      written.set(streamId, [...(written.get(streamId) ?? []), label]);
      ({ position } = await store.append([{ streamId, expected: 'any', events: sampleEvents(label) }]));
    }
    return position;
  };
  const start = (options: Partial<SubscribeOptions<RecordedEvent, InMemoryTransaction>> = {}) =>
    subscribe({ name: NAME, feed: store, checkpoints, handle, lanes: 4, ...options });
  const reached = (position: bigint) => awaitPosition(checkpoints, NAME, position, { timeoutMs: 45_000 });
  const owners = async () => {
    const counts = new Map<string, number>();
    for (const { holder } of await leases.held(laneGroup(NAME)))
      counts.set(holder, (counts.get(holder) ?? 0) + 1);
    return [...counts.values()].sort();
  };
  return { store, leases, checkpoints, deadLetters, applied, written, write, start, reached, owners };
}

describe('a subscription in lanes', () => {
  test('takes every event once and each stream in order, and has got as far as its slowest lane', async () => {
    const { write, start, reached, applied, written, checkpoints } = setUp();
    await using subscription = start({ limit: 3 });
    await reached(await write(200));
    expect(applied).toEqual(written);
    expect((await checkpoints.load(NAME)).lanes).toBe(4);
    void subscription;
  });

  test('is divided otherwise while it runs, held where all lanes can meet', async () => {
    const { write, start, reached, applied, written, checkpoints } = setUp();
    await using subscription = start({ limit: 3 });
    const position = await write(50);
    await checkpoints.control(NAME, { holdAt: position });
    await reached(position);
    await checkpoints.divide(NAME, 7);
    await checkpoints.control(NAME, { holdAt: null });
    await reached(await write(100));
    expect((await checkpoints.load(NAME)).lanes).toBe(7);
    await checkpoints.control(NAME, { holdAt: 150n });
    await checkpoints.divide(NAME, 1);
    await checkpoints.control(NAME, { holdAt: null });
    await reached(await write(20));
    expect(applied).toEqual(written);
    void subscription;
  });

  test('ends when a lane gives up, and says why', async () => {
    const { write, start, checkpoints } = setUp();
    await write(5);
    const handle = async () => {
      throw new Error('a bug');
    };
    await expect(start({ handle }).done).rejects.toThrow('a bug');
    expect((await checkpoints.load(NAME)).reported?.error).toBe('unexpected: a bug');
  });

  test('begins anew as a whole when that is asked for', async () => {
    const { write, start, reached, applied, written, checkpoints } = setUp();
    const reset = async (tx: InMemoryTransaction) => tx.onCommit(() => applied.clear());
    await using subscription = start({ reset, limit: 3 });
    await reached(await write(60));
    await checkpoints.control(NAME, { reset: true });
    await expect.poll(async () => (await checkpoints.load(NAME)).resetWanted).toBeUndefined();
    await reached(await write(20));
    expect(applied).toEqual(written);
    void subscription;
  });

  test("keeps all lanes' dead letters together and redrives each in its lane", async () => {
    const { write, start, reached, applied, written, deadLetters } = setUp();
    let broken = true;
    const options = { onError: retryThenDeadLetter({ retries: 0, firstMs: 1 }), deadLetters };
    const handle = async (entries: readonly RecordedEvent[], tx: InMemoryTransaction) => {
      for (const event of entries) {
        if (broken) throw new Error('broken');
        tx.onCommit(() =>
          applied.set(event.streamId, [...(applied.get(event.streamId) ?? []), labelOf(event)]),
        );
      }
    };
    await using subscription = start({ ...options, handle });
    await reached(await write(STREAMS));
    expect(await deadLetters.count(NAME)).toBe(STREAMS);
    broken = false;
    await deadLetters.wantRedrive(NAME);
    await expect.poll(() => deadLetters.count(NAME)).toBe(0);
    expect(applied).toEqual(written);
    void subscription;
  });

  test('is not mistaken for a whole one by a subscriber without lanes', async () => {
    const { start, checkpoints } = setUp();
    await checkpoints.lanes(NAME, 4);
    await expect(start({ lanes: undefined }).done).rejects.toMatchObject({ code: 'subscription-in-lanes' });
  });
});

describe('instances that share lanes', () => {
  test('have a fair share each, and take over at once what one gives up when it ends', async () => {
    const { write, start, reached, applied, written, leases, owners } = setUp();
    const share = { leases, leaseMs: 600_000, lanes: 8, limit: 3 };
    const first = start(share);
    await expect.poll(owners).toEqual([8]);
    const others = [start(share), start(share)];
    await expect.poll(owners, { timeout: 20_000 }).toEqual([2, 3, 3]);
    await reached(await write(100));
    await first.stop();
    await expect.poll(owners, { timeout: 20_000 }).toEqual([4, 4]);
    await reached(await write(100));
    await Promise.all(others.map((other) => other.stop()));
    expect(await owners()).toEqual([]);
    expect(applied).toEqual(written);
  });

  test('take over when a lease has run out, and fence off who had it', async () => {
    const { write, start, reached, applied, written, leases, checkpoints } = setUp();
    // Nobody renews these any more.
    await checkpoints.lanes(NAME, 4);
    const key = (lane: number) => ({ group: laneGroup(NAME), name: `${NAME}/${lane}of4` });
    const dead = await Promise.all([1, 2].map((lane) => leases.acquire(key(lane), 'dead', 300)));
    await using subscription = start({ leases, leaseMs: 900 });
    await reached(await write(40));
    const late = { from: 40n, to: 41n, fence: dead[0]! };
    expect(await checkpoints.advance(`${NAME}/1of4`, late, async () => {})).toBe('fenced');
    expect(applied).toEqual(written);
    void subscription;
  });

  test('leaves all lanes to the instances of the version in use', async () => {
    const { write, start, reached, owners, applied, written, leases } = setUp();
    await using old = start({ leases, version: 1 });
    await reached(await write(20));
    const waiting: unknown[] = [];
    await using changed = start({ leases, version: 2, onSuperseded: (told) => waiting.push(told) });
    await using more = start({ leases, version: 1 });
    await expect.poll(owners).toEqual([2, 2]);
    await reached(await write(100));
    expect(waiting).toEqual([{ name: NAME, version: 2, inUse: 1 }]);
    expect(applied).toEqual(written);
    void [old, changed, more];
  });
});
