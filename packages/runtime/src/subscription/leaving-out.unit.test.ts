import { describe, expect, test } from 'vitest';
import { InMemoryDeadLetterStore } from '../dead-letter/in-memory-dead-letter-store.ts';
import { Invalid, Unavailable } from '../errors/errors.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import { labelOf, sampleEvents } from '../testing/sample-events.ts';
import { systemTiming } from '../timing/timing.ts';
import { InMemoryCheckpointStore, type InMemoryTransaction } from './in-memory-checkpoint-store.ts';
import { retryThenDeadLetter, retryThenSkip, skipOnFailure } from './recovery.ts';
import { type LeftOut, type SubscribeOptions, subscribe } from './subscribe.ts';

const NAME = 'labels';
const impatient = {
  ...systemTiming,
  sleep: (_ms: number, signal?: AbortSignal) => systemTiming.sleep(1, signal),
};

/** A subscriber that keeps labels and refuses some of them. */
function setUp() {
  const store = new InMemoryEventStore();
  const checkpoints = new InMemoryCheckpointStore();
  const deadLetters = new InMemoryDeadLetterStore({ limit: 2 });
  const applied: string[] = [];
  const refused = new Map<string, Error>();
  const tries = new Map<string, number>();
  const leftOut: LeftOut<RecordedEvent>[] = [];
  const handle = async (entries: readonly RecordedEvent[], tx: InMemoryTransaction) => {
    for (const label of entries.map(labelOf)) {
      tries.set(label, (tries.get(label) ?? 0) + 1);
      tx.onCommit(() => applied.push(label));
      if (refused.has(label)) throw refused.get(label);
    }
  };
  const write = (...labels: string[]) =>
    store.append([{ streamId: 's', expected: 'any', events: sampleEvents(...labels) }]);
  const start = (options: Partial<SubscribeOptions<RecordedEvent, InMemoryTransaction>> = {}) => {
    const onLeftOut = (left: LeftOut<RecordedEvent>) => void leftOut.push(left);
    return subscribe({
      name: NAME,
      feed: store,
      checkpoints,
      deadLetters,
      handle,
      onLeftOut,
      timing: impatient,
      ...options,
    });
  };
  const reached = (position: bigint) =>
    expect.poll(async () => (await checkpoints.load(NAME)).position, { interval: 5 }).toBe(position);
  return { checkpoints, deadLetters, applied, refused, tries, leftOut, write, start, reached };
}

describe('a subscription that leaves out what it cannot handle', () => {
  test('finds the one entry of a batch and keeps it as a dead letter', async () => {
    const { write, start, reached, applied, refused, tries, leftOut, deadLetters, checkpoints } = setUp();
    refused.set('c', new Invalid('bad', 'It is bad.'));
    await write('a', 'b', 'c', 'd', 'e');
    await using subscription = start({ onError: retryThenDeadLetter({ retries: 2 }) });
    await reached(5n);
    expect(applied).toEqual(['a', 'b', 'd', 'e']);
    // Three times in the batch, then three times by itself.
    expect(tries.get('c')).toBe(6);
    const [letter, ...others] = await deadLetters.list(NAME);
    expect(letter).toMatchObject({ position: 3n, streamId: 's', code: 'bad', attempts: 3 });
    expect(labelOf(letter!.entry as RecordedEvent)).toBe('c');
    expect(others).toEqual([]);
    expect(leftOut.map(({ how, entries }) => [how, entries.map(labelOf)])).toEqual([['dead-letter', ['c']]]);
    expect((await checkpoints.load(NAME)).reported?.error).toBeUndefined();
    void subscription;
  });

  test.each([
    ['at once', skipOnFailure, 2],
    ['after retries', retryThenSkip({ retries: 1 }), 4],
  ])('forgets an entry %s where that is its strategy', async (_when, onError, expected) => {
    const { write, start, reached, applied, refused, tries, deadLetters } = setUp();
    refused.set('a', new Error('a bug'));
    await write('a', 'b');
    await using subscription = start({ onError });
    await reached(2n);
    expect(applied).toEqual(['b']);
    expect(tries.get('a')).toBe(expected);
    expect(await deadLetters.count(NAME)).toBe(0);
    void subscription;
  });

  test('leaves nothing out for what may pass', async () => {
    const { write, start, reached, applied, refused, tries } = setUp();
    refused.set('a', new Unavailable('away', 'It is away.'));
    await write('a', 'b');
    await using subscription = start({ onError: skipOnFailure });
    await expect.poll(() => tries.get('a')).toBeGreaterThan(10);
    refused.clear();
    await reached(2n);
    expect(applied).toEqual(['a', 'b']);
    void subscription;
  });

  test('stops when it may keep no more, and has changed nothing', async () => {
    const { write, start, applied, refused, deadLetters, checkpoints } = setUp();
    for (const label of ['a', 'b', 'd']) refused.set(label, new Error('a bug'));
    await write('a', 'b', 'c', 'd', 'e');
    const subscription = start({ onError: retryThenDeadLetter({ retries: 0 }) });
    await expect(subscription.done).rejects.toMatchObject({ code: 'dead-letters-full' });
    expect(applied).toEqual(['c']);
    expect((await checkpoints.load(NAME)).position).toBe(3n);
    expect((await checkpoints.load(NAME)).reported?.error).toMatch(/^dead-letters-full: .*redrive/);
    expect(await deadLetters.count(NAME)).toBe(2);
  });

  test('is refused without a place for dead letters', () => {
    const { start } = setUp();
    expect(() => start({ onError: retryThenDeadLetter(), deadLetters: undefined })).toThrow(/"deadLetters"/);
  });

  test('does not leave out a source that cannot be read', async () => {
    const { start } = setUp();
    const feed = {
      // biome-ignore lint/correctness/useYield: it fails before it could.
      read: async function* () {
        throw new Invalid('unreadable', 'It can not be read.');
      },
    };
    await expect(start({ feed, onError: skipOnFailure }).done).rejects.toThrow('It can not be read.');
  });
});

describe('a dead letter', () => {
  test('is handled again by the running subscription when asked for, and is gone with its effects', async () => {
    const { write, start, reached, applied, refused, deadLetters } = setUp();
    for (const label of ['a', 'c']) refused.set(label, new Error('a bug'));
    await write('a', 'b', 'c');
    await using subscription = start({ onError: retryThenDeadLetter({ retries: 0 }) });
    await reached(3n);
    refused.delete('a');
    await deadLetters.wantRedrive(NAME);
    await expect.poll(() => deadLetters.count(NAME)).toBe(1);
    expect(applied).toEqual(['b', 'a']);
    await expect.poll(() => deadLetters.list(NAME, { redriveWanted: true })).toEqual([]);
    expect((await deadLetters.list(NAME))[0]).toMatchObject({ attempts: 2, reason: 'a bug', position: 3n });
    await write('d');
    await reached(4n);
    expect(applied).toEqual(['b', 'a', 'd']);
    void subscription;
  });

  test('is not handled while the subscription is paused', async () => {
    const { write, start, reached, applied, refused, deadLetters, checkpoints } = setUp();
    refused.set('a', new Error('a bug'));
    await write('a');
    await using subscription = start({ onError: retryThenDeadLetter({ retries: 0 }) });
    await reached(1n);
    await checkpoints.control(NAME, { desired: 'stopped' });
    refused.clear();
    await deadLetters.wantRedrive(NAME, 1n);
    await checkpoints.changed('nothing', 1_500);
    expect(applied).toEqual([]);
    await checkpoints.control(NAME, { desired: 'running' });
    await expect.poll(() => applied).toEqual(['a']);
    void subscription;
  });
});

describe('a reset that is asked for', () => {
  test('is carried out by the running subscription, also while it is paused', async () => {
    const { write, start, reached, applied, refused, deadLetters, checkpoints } = setUp();
    refused.set('a', new Error('a bug'));
    await write('a', 'b');
    const reset = async (tx: InMemoryTransaction) => tx.onCommit(() => applied.splice(0));
    await using subscription = start({ reset, onError: retryThenDeadLetter({ retries: 0 }) });
    await reached(2n);
    refused.clear();
    await checkpoints.control(NAME, { reset: true });
    await expect.poll(() => applied).toEqual(['a', 'b']);
    expect(await deadLetters.count(NAME)).toBe(0);
    await checkpoints.control(NAME, { desired: 'stopped', reset: true });
    await reached(0n);
    expect(applied).toEqual([]);
    expect(await checkpoints.load(NAME)).toMatchObject({ desired: 'stopped' });
    await checkpoints.control(NAME, { desired: 'running' });
    await reached(2n);
    expect(applied).toEqual(['a', 'b']);
    void subscription;
  });
});

test('a filter lets the checkpoint move past what it does not name', async () => {
  const { write, start, reached, applied } = setUp();
  await write('a', 'b');
  await using subscription = start({ filter: { types: ['Other'] } });
  await reached(2n);
  expect(applied).toEqual([]);
  void subscription;
});
