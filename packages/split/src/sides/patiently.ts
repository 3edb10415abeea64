import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@banyan/runtime';

/** What a wait may take, and for what. */
export interface Patience {
  readonly timeoutMs: number;
  /** What is waited for, for the error. */
  readonly what: string | (() => string);
  /** What the error adds, so that somebody knows what to do. */
  readonly remedy: string;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks until there is an answer.
 * @throws Unavailable `split-timeout` with the remedy.
 */
export async function until<T>(look: () => Promise<T | undefined>, patience: Patience): Promise<T> {
  const deadline = performance.now() + patience.timeoutMs;
  for (;;) {
    patience.signal?.throwIfAborted();
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      const what = typeof patience.what === 'string' ? patience.what : patience.what();
      throw new Unavailable(
        'split-timeout',
        `Waited ${patience.timeoutMs} ms in vain for ${what}. ${patience.remedy}`,
      );
    }
    await sleep(patience.everyMs ?? 50);
  }
}
