import type { Turn } from './compare.ts';

/** Callers that each make one call after the other for some time. The last calls are waited for and count, with their time. */
export async function callFor(
  callers: number,
  seconds: number,
  call: (caller: number) => Promise<unknown>,
): Promise<Turn> {
  const latencies: number[] = [];
  const start = performance.now();
  const deadline = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let before = performance.now(); before < deadline; ) {
        await call(caller);
        const after = performance.now();
        latencies.push(after - before);
        before = after;
      }
    }),
  );
  return turnOf(latencies, start);
}

/** Callers that share a list of calls; each takes the next one when it is done with the last. */
export async function callEach<Item>(
  callers: number,
  items: readonly Item[],
  call: (item: Item) => Promise<unknown>,
): Promise<Turn> {
  const latencies: number[] = [];
  const start = performance.now();
  const next = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (const item of next) {
        const before = performance.now();
        await call(item);
        latencies.push(performance.now() - before);
      }
    }),
  );
  return turnOf(latencies, start);
}

function turnOf(latencies: readonly number[], start: number): Turn {
  return { amount: latencies.length, seconds: (performance.now() - start) / 1000, latencies };
}
