import { describe, expect, test } from 'vitest';
import { Invalid, Rejected, Unavailable } from '../errors/errors.ts';
import { collectStream } from '../testing/event-store-contract.ts';
import { type AggregateHandlerOptions, aggregateHandler } from './execute.ts';
import { review, type reviewContract } from './review.fixture.ts';
import { noPauses, WatchedStore } from './watched-store.fixture.ts';

type Options = Partial<
  AggregateHandlerOptions<typeof review.initial, typeof reviewContract.commands, typeof reviewContract.events>
>;

function handlerOver(store: WatchedStore, options: Options = {}) {
  const handler = aggregateHandler({ store, aggregate: review, timing: noPauses, ...options });
  return {
    write: (text = 'good') => handler.execute('7', 'WriteReview', { text }),
    like: (count: number) => handler.execute('7', 'AddLikes', { count }),
    execute: handler.execute,
  };
}

/** A written review, and the store as if nothing had been done yet. */
async function written(options?: Options) {
  const store = new WatchedStore();
  const handler = handlerOver(store, options);
  await handler.write();
  store.appended.length = 0;
  store.reads.length = 0;
  return { store, ...handler };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const likesOf = async (store: WatchedStore) =>
  (await collectStream(store, 'review-7')).slice(1).map(({ data }) => (data as { count: number }).count);

describe('commands that come together', () => {
  test('are committed by one append and answered in order', async () => {
    const { store, like } = await written();
    const order: number[] = [];
    const counts = Array.from({ length: 60 }, (_, index) => index + 1);
    const replies = await Promise.all(
      counts.map(async (count) => {
        const reply = await like(count);
        order.push(count);
        return reply;
      }),
    );
    expect(store.appended).toEqual([60]);
    expect(order).toEqual(counts);
    expect(replies.map(({ version }) => version)).toEqual(counts.map((count) => count + 1));
    expect(replies.at(-1)!.state.likes).toBe((60 * 61) / 2);
  });

  test('are decided while an append is under way, on top of what it writes', async () => {
    const { store, like } = await written();
    const release = store.hold();
    const first = like(1);
    await turn();
    const later = [like(2), like(3)];
    await turn();
    expect(store.appended).toEqual([1]);
    release();
    expect((await first).version).toBe(2);
    expect((await Promise.all(later)).map(({ state }) => state.likes)).toEqual([3, 6]);
    expect(store.appended).toEqual([1, 2]);
    expect(store.reads).toEqual([]);
  });

  test('go into as many appends as the limits make necessary', async () => {
    const few = await written({ maxCommandsPerAppend: 3 });
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map(few.like));
    expect(few.store.appended).toEqual([3, 3, 1]);
    const small = await written({ maxBytesPerAppend: 1 });
    await Promise.all([1, 2].map(small.like));
    expect(small.store.appended).toEqual([1, 1]);
  });

  test('for different aggregates run side by side', async () => {
    const { store, like, execute } = await written();
    const release = store.hold();
    const held = like(1);
    await turn();
    await execute('other', 'WriteReview', { text: 'fine' });
    release();
    await held;
  });

  test('that break a rule or a schema fail alone', async () => {
    const { store, like, write } = await written();
    const outcomes = await Promise.allSettled([like(1), write(), like(101), like(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(store.appended).toEqual([2]);
  });

  test('of which one can not be written fail alone', async () => {
    const { store, like } = await written();
    store.around.push(
      async () => {
        throw new Invalid('bad', 'Something in it is bad.');
      },
      (append) => append(),
      async () => {
        throw new Invalid('bad', 'This is bad.');
      },
    );
    const outcomes = await Promise.allSettled([1, 2, 3].map(like));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await likesOf(store)).toEqual([1, 3]);
  });
});

describe('a refusal', () => {
  test('that was decided on what is not committed waits for it', async () => {
    const store = new WatchedStore();
    const { write } = handlerOver(store);
    const release = store.hold();
    const first = write();
    await turn();
    let answered = false;
    const second = write().finally(() => {
      answered = true;
    });
    await turn();
    expect(answered).toBe(false);
    release();
    await first;
    await expect(second).rejects.toBeInstanceOf(Rejected);
  });

  test('is decided again where that fails', async () => {
    const store = new WatchedStore();
    const { write } = handlerOver(store);
    store.around.push(async () => {
      throw new Invalid('bad', 'This is bad.');
    });
    const failed = expect(write('bad')).rejects.toMatchObject({ code: 'bad' });
    await turn();
    const second = write();
    await failed;
    expect((await second).state.text).toBe('good');
  });

  test('is never given on a memory that others have made old', async () => {
    const store = new WatchedStore();
    const [one, other] = [handlerOver(store), handlerOver(store)];
    await expect(one.like(1)).rejects.toMatchObject({ code: 'no-review' });
    await other.write();
    expect((await one.like(1)).state).toEqual({ text: 'good', likes: 1 });
    await other.like(5);
    expect(await one.like(0)).toMatchObject({ version: 3, state: { likes: 6 } });
  });
});

describe('an aggregate in memory', () => {
  test('is not read again', async () => {
    const { store, like } = await written();
    await like(1);
    await turn();
    await like(2);
    expect(store.reads).toEqual([]);
  });

  test('is read every time where there is no memory', async () => {
    const { store, like } = await written({ memoryBytes: 0 });
    await like(1);
    await like(2);
    expect(store.reads).toEqual([1, 1]);
  });

  test('reads after a conflict only what came after', async () => {
    const { store, like } = await written();
    await handlerOver(store).like(10);
    store.reads.length = 0;
    expect((await like(1)).state.likes).toBe(11);
    expect(store.reads).toEqual([2]);
  });

  test('is read from the beginning where the stream is shorter than it remembers', async () => {
    const restored = new WatchedStore();
    await handlerOver(restored).write('older');
    // The same memory over a store that was put back to an older state.
    const store = new WatchedStore();
    const handler = handlerOver(store);
    await handler.write();
    await handler.like(1);
    Object.assign(store, {
      append: restored.append.bind(restored),
      readStream: restored.readStream.bind(restored),
    });
    expect((await handler.like(2)).state).toEqual({ text: 'older', likes: 2 });
  });
});

describe('an append whose outcome is unknown', () => {
  const broken = () => new Unavailable('append-outcome-unknown', 'The connection broke.');

  test('is found in the stream where it was committed', async () => {
    const { store, like } = await written();
    store.around.push(async (append) => {
      await append();
      throw broken();
    });
    const replies = await Promise.all([like(1), like(2)]);
    expect(replies.map(({ version, position }) => [version, position])).toEqual([
      [2, 3n],
      [3, 3n],
    ]);
    expect(await likesOf(store)).toEqual([1, 2]);
  });

  test('is decided again where it was not', async () => {
    const { store, like } = await written();
    store.around.push(async () => {
      throw broken();
    });
    expect((await like(1)).version).toBe(2);
    expect(await likesOf(store)).toEqual([1]);
  });

  test('is found when it is committed after all, while it is decided again', async () => {
    const { store, like } = await written();
    let late: (() => Promise<unknown>) | undefined;
    store.around.push(
      async (append) => {
        late = append;
        throw broken();
      },
      async (append) => {
        await late?.();
        return append();
      },
    );
    const replies = await Promise.all([like(1), like(2)]);
    expect(replies.map(({ version }) => version)).toEqual([2, 3]);
    expect(await likesOf(store)).toEqual([1, 2]);
  });

  test('is what a command is told that would be refused without it', async () => {
    const store = new WatchedStore();
    let late: (() => Promise<unknown>) | undefined;
    let liked: Promise<unknown> | undefined;
    const { write, like } = handlerOver(store, { retries: 1 });
    store.around.push(
      async () => {
        // Comes while the first one is about to be tried for the last time, and depends on it.
        liked = like(1);
        throw new Unavailable('away', 'No store.');
      },
      async (append) => {
        late = append;
        throw broken();
      },
    );
    await expect(write()).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    await expect(liked).rejects.toMatchObject({ code: 'append-outcome-unknown' });
    await late?.();
    expect(await likesOf(store)).toEqual([1]);
  });

  test('is told as it is where the store does not come back', async () => {
    const { store, like } = await written();
    const away = () => Promise.reject(new Unavailable('away', 'No store.'));
    store.around.push(async () => {
      store.readStream = () => ({ [Symbol.asyncIterator]: () => ({ next: away }) });
      throw broken();
    });
    await expect(like(1)).rejects.toMatchObject({ code: 'append-outcome-unknown' });
  });
});
