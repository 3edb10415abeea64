import { setTimeout as wait } from 'node:timers/promises';

const pauseMs = 250;

/** Runs `once` again whenever it ends or fails, until disposed of: what a supervisor does for a subscriber. */
export function keepFollowing(once: (signal: AbortSignal) => Promise<void>): AsyncDisposable {
  const ending = new AbortController();
  const { signal } = ending;
  const running = (async () => {
    while (!signal.aborted) {
      await once(signal).catch(() => undefined);
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await running;
    },
  };
}
