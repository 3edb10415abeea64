import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { contract, type Schemas } from '../contract/contract.ts';
import { versioned } from '../contract/versioned.ts';
import { Conflict, Rejected, Unavailable } from '../errors/errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { InMemoryEventStore } from '../event-store/in-memory-event-store.ts';
import { collectStream } from '../testing/event-store-contract.ts';
import { sampleEvents } from '../testing/sample-events.ts';
import { aggregate } from './aggregate.ts';
import { aggregateHandler } from './execute.ts';
import { review } from './review.fixture.ts';
import { noPauses } from './watched-store.fixture.ts';

function setUp(store: EventStore = new InMemoryEventStore()) {
  return { store, handler: aggregateHandler({ store, aggregate: review, timing: noPauses }) };
}

/** A store whose first `losses` appends are beaten by another writer. */
function contested(losses: number): InMemoryEventStore {
  const store = new InMemoryEventStore();
  const append = store.append.bind(store);
  let lost = 0;
  store.append = async (appends) => {
    if (appends[0]!.expected !== 0 && lost < losses) {
      lost += 1;
      const liked = { ...sampleEvents('')[0]!, type: 'ReviewLiked', data: { count: 1 } };
      await append([{ streamId: appends[0]!.streamId, expected: 'any', events: [liked] }]);
    }
    return append(appends);
  };
  return store;
}

describe('an aggregate handler', () => {
  test('records what was decided, with its cause', async () => {
    const { store, handler } = setUp();
    const cause = { id: 'request', correlationId: 'c', at: new Date(0).toISOString(), traceparent: '00-1' };
    const done = await handler.execute('7', 'WriteReview', { text: 'good' }, { cause, commandId: 'command' });
    expect(done).toMatchObject({ version: 1, position: 1n, state: { text: 'good', likes: 0 } });
    const [event] = await collectStream(store, 'review-7');
    expect(event).toMatchObject({
      type: 'ReviewWritten',
      data: { text: 'good', stars: 5 },
      metadata: { correlationId: 'c', causationId: 'command', traceparent: '00-1' },
    });
  });

  test('refuses data that breaks the contract and names every field', async () => {
    const { store, handler } = setUp();
    const wrong = { text: '', stars: 1.5 };
    await expect(handler.execute('7', 'WriteReview', wrong)).rejects.toMatchObject({
      code: 'invalid-command',
      details: { problems: [{ field: 'text' }, { field: 'stars' }] },
    });
    await expect(handler.execute('7', 'toString' as 'AddLikes', { count: 1 })).rejects.toMatchObject({
      code: 'unknown-command',
    });
    await expect(handler.execute('', 'AddLikes', { count: 1 })).rejects.toMatchObject({ code: 'no-id' });
    expect(await store.head()).toBe(0n);
  });

  test('passes on the refusal of the domain', async () => {
    const { handler } = setUp();
    await expect(handler.execute('7', 'AddLikes', { count: 1 })).rejects.toBeInstanceOf(Rejected);
  });

  test('writes no event that breaks its own contract', async () => {
    const { store, handler } = setUp();
    await handler.execute('7', 'WriteReview', { text: 'good' });
    await expect(handler.execute('7', 'AddLikes', { count: 101 })).rejects.toMatchObject({
      code: 'invalid-event',
    });
    expect(await store.head()).toBe(1n);
  });

  test('answers with the state as it is when nothing is to change', async () => {
    const { handler } = setUp();
    await handler.execute('7', 'WriteReview', { text: 'good' });
    const done = await handler.execute('7', 'AddLikes', { count: 0 });
    expect(done).toMatchObject({ version: 1, position: 1n, events: [] });
  });

  test('takes a command that is sent twice with one id once', async () => {
    const { store, handler } = setUp();
    const twice = [1, 2].map(() =>
      handler.execute('7', 'WriteReview', { text: 'good' }, { commandId: 'same' }),
    );
    const [first, second] = await Promise.all(twice);
    expect(second!.position).toBe(first!.position);
    expect(second!.events.map(({ type }) => type)).toEqual(['ReviewWritten']);
    expect(await store.head()).toBe(1n);
  });

  test('gives the first result to a command that comes again, whoever takes it and whatever has happened since', async () => {
    const { store, handler } = setUp();
    const write = (by = handler) => by.execute('7', 'WriteReview', { text: 'good' }, { commandId: 'same' });
    const first = await write();
    await handler.execute('7', 'AddLikes', { count: 1 }, { commandId: 'another' });
    const { events, ...rest } = first;
    for (const by of [handler, setUp(store).handler, handler]) {
      const again = await write(by);
      expect(again).toMatchObject(rest);
      expect(again.events.map(({ metadata }) => metadata.id)).toEqual(
        events.map(({ metadata }) => metadata.id),
      );
    }
    expect(await store.head()).toBe(2n);
  });

  test('decides a command that comes again anew where it had no effect', async () => {
    const { handler } = setUp();
    const like = () => handler.execute('7', 'AddLikes', { count: 1 }, { commandId: 'same' });
    await expect(like()).rejects.toBeInstanceOf(Rejected);
    await handler.execute('7', 'WriteReview', { text: 'good' });
    expect((await like()).state.likes).toBe(1);
    expect((await like()).version).toBe(2);
  });

  test('writes no event whose data would not come back as it was', async () => {
    const { store } = setUp();
    const dated = aggregate({
      name: 'dated',
      contract: contract({ commands: { Do: z.object({}) }, events: { Done: z.object({ at: z.date() }) } }),
      initial: {},
      decide: { Do: () => ({ type: 'Done', data: { at: new Date(0) } }) },
      evolve: { Done: () => ({}) },
    });
    await expect(aggregateHandler({ store, aggregate: dated }).execute('1', 'Do', {})).rejects.toMatchObject({
      code: 'invalid-event',
      message: expect.stringContaining('at is a Date'),
    });
  });

  test('brings what an earlier release wrote up to date, and writes the newest version', async () => {
    const { store } = setUp();
    const counter = (added: Schemas[string]) =>
      aggregate({
        name: 'counter',
        contract: contract({ commands: { Add: z.object({ n: z.number() }) }, events: { Added: added } }),
        initial: 0,
        decide: { Add: (_, { n }) => ({ type: 'Added', data: { by: n, n } }) },
        evolve: { Added: (sum, data) => sum + (data as { by: number }).by },
      });
    const first = counter(z.looseObject({ n: z.number() }));
    const second = counter(
      versioned(z.looseObject({ by: z.number() }), {
        version: 2,
        upcast: { 1: ({ n }: { n: number }) => ({ by: n * 100 }) },
      }),
    );
    const add = (by: typeof first) =>
      aggregateHandler({ store, aggregate: by }).execute('1', 'Add', { n: 1 });
    await add(first);
    expect((await add(second)).state).toBe(101);
    const versions = (await collectStream(store, 'counter-1')).map(({ schemaVersion }) => schemaVersion);
    expect(versions).toEqual([1, 2]);
    await expect(add(first)).rejects.toMatchObject({ code: 'event-too-new' });
  });

  test('holds the sender to what it expects', async () => {
    const { handler } = setUp();
    await expect(
      handler.execute('7', 'AddLikes', { count: 1 }, { expected: 'present' }),
    ).rejects.toBeInstanceOf(Conflict);
    await handler.execute('7', 'WriteReview', { text: 'good' }, { expected: 'absent' });
    await expect(handler.execute('7', 'AddLikes', { count: 1 }, { expected: 2 })).rejects.toBeInstanceOf(
      Conflict,
    );
    expect(await handler.execute('7', 'AddLikes', { count: 1 }, { expected: 1 })).toMatchObject({
      version: 2,
    });
  });

  test('runs the commands for one id in turn, and loses none', async () => {
    const { handler } = setUp();
    await handler.execute('7', 'WriteReview', { text: 'good' });
    await Promise.all(Array.from({ length: 50 }, () => handler.execute('7', 'AddLikes', { count: 1 })));
    expect((await handler.execute('7', 'AddLikes', { count: 0 })).state.likes).toBe(50);
  });

  test('refuses more commands for one id than its mailbox holds', async () => {
    const store = new InMemoryEventStore();
    const handler = aggregateHandler({ store, aggregate: review, mailboxLimit: 2 });
    const sent = ['a', 'b', 'c'].map(() => handler.execute('7', 'WriteReview', { text: 'x' }));
    const outcomes = await Promise.allSettled(sent);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((outcomes[2] as PromiseRejectedResult).reason).toBeInstanceOf(Unavailable);
    await handler.execute('7', 'AddLikes', { count: 1 });
  });

  test('decides again when another process was faster, a bounded number of times', async () => {
    const { handler } = setUp(contested(3));
    await handler.execute('7', 'WriteReview', { text: 'good' });
    expect((await handler.execute('7', 'AddLikes', { count: 10 })).state.likes).toBe(13);

    const beaten = setUp(contested(100));
    await beaten.handler.execute('7', 'WriteReview', { text: 'good' });
    await expect(beaten.handler.execute('7', 'AddLikes', { count: 10 })).rejects.toBeInstanceOf(Conflict);
  });

  test('does not decide on a history that it does not understand', async () => {
    const { store, handler } = setUp();
    await store.append([{ streamId: 'review-7', expected: 'any', events: sampleEvents('x') }]);
    await expect(handler.execute('7', 'AddLikes', { count: 1 })).rejects.toMatchObject({
      code: 'unknown-event',
    });
  });
});
