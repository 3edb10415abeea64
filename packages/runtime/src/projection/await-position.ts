import { Unavailable } from '../errors/errors.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';

/** How long to wait for a projection. */
export interface AwaitPositionOptions {
  /** Milliseconds, default 5000. */
  readonly timeoutMs?: number;
  /** Gives up early. */
  readonly signal?: AbortSignal;
}

/**
 * Waits until the subscriber `name` has applied everything up to `position`, so that a reader finds its own write.
 * @throws Unavailable `projection-behind` when the time is up or the signal aborts first.
 */
export async function awaitPosition(
  checkpoints: Pick<CheckpointStore<never>, 'load' | 'changed'>,
  name: string,
  position: bigint,
  { timeoutMs = 5_000, signal }: AwaitPositionOptions = {},
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let at = (await checkpoints.load(name)).position;
  while (at < position) {
    const left = deadline - Date.now();
    if (left <= 0 || signal?.aborted) throw behind(name, position, at);
    const settled = new AbortController();
    const waiting = signal === undefined ? settled.signal : AbortSignal.any([signal, settled.signal]);
    // Waiting begins before the next look, so that a change between the two is not missed.
    const change = checkpoints.changed(name, left, waiting);
    change.catch(() => {});
    try {
      at = (await checkpoints.load(name)).position;
      if (at < position) await change;
      at = (await checkpoints.load(name)).position;
    } finally {
      settled.abort();
    }
  }
}

function behind(name: string, wanted: bigint, at: bigint): Unavailable {
  return new Unavailable(
    'projection-behind',
    `${name} is at ${at} and has not reached ${wanted} yet; try again.`,
    {
      details: { name, wanted: String(wanted), at: String(at) },
    },
  );
}
