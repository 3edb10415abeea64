import type { Turn } from './compare.ts';

/** Callers that each make one call after the other for some time. The last calls are waited for and count, with their time. */
export async function callFor(
  callers: number,
  seconds: number,
  call: (caller: number) => Promise<unknown>,
): Promise<Turn> {
  const start = performance.now();
  const deadline = start + seconds * 1000;
  let amount = 0;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      while (performance.now() < deadline) {
        await call(caller);
        amount += 1;
      }
    }),
  );
  return { amount, seconds: (performance.now() - start) / 1000 };
}

/** Callers that share a list of calls; each takes the next one when it is done with the last. */
export async function callEach<Item>(
  callers: number,
  items: readonly Item[],
  call: (item: Item) => Promise<unknown>,
): Promise<Turn> {
  const start = performance.now();
  const next = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const item of next) await call(item);
    }),
  );
  return { amount: items.length, seconds: (performance.now() - start) / 1000 };
}
