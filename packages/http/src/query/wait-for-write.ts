import { awaitPosition, type CheckpointStore, Invalid } from '@banyan/runtime';
import type { MiddlewareHandler } from 'hono';

const LARGEST = 2n ** 63n - 1n;

/** The projection that the queries behind the middleware read. */
export interface WaitForWriteOptions {
  readonly checkpoints: Pick<CheckpointStore<never>, 'load' | 'changed'>;
  /** The projection's name. */
  readonly projection: string;
  /** Milliseconds at most, default 2000; then the query is answered with 503. */
  readonly timeoutMs?: number;
}

/** Lets a query with `banyan-wait-for: POSITION` wait until its projection has got there. */
export function waitForWrite(options: WaitForWriteOptions): MiddlewareHandler {
  const { checkpoints, projection, timeoutMs = 2_000 } = options;
  return async ({ req }, next) => {
    const wanted = req.header('banyan-wait-for');
    if (wanted !== undefined) {
      const signal = req.raw.signal;
      await awaitPosition(checkpoints, projection, positionOf(wanted), { timeoutMs, signal });
    }
    await next();
  };
}

function positionOf(text: string): bigint {
  const position = /^\d{1,19}$/.test(text) ? BigInt(text) : -1n;
  if (position >= 0n && position <= LARGEST) return position;
  throw new Invalid(
    'wait-for',
    `banyan-wait-for is "${text}"; send the banyan-position of an answer, a whole number.`,
  );
}
