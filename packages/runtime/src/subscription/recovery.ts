import type { BanyanError } from '../errors/errors.ts';

/** What a subscription does when reading or handling fails: wait this many milliseconds and try again, or stop. */
export type RecoveryDecision = { readonly retryAfterMs: number } | 'stop';

/** Decides what follows a failure. */
export interface RecoveryStrategy {
  readonly name: string;
  /** `failures` counts the failures since the last success, from 1; `random` is from 0 to just under 1. */
  decide(error: BanyanError, failures: number, random: number): RecoveryDecision;
}

/** Limits of a retrying strategy. */
export interface RetryOptions {
  /** Tries after the first failure before giving up; default 10. `Infinity` never gives up. */
  readonly retries?: number;
  /** Milliseconds before the first retry, default 50; doubled every time. */
  readonly firstMs?: number;
  /** The longest wait in milliseconds, default 5000. */
  readonly maxMs?: number;
}

/** Stops at the first failure. */
export const stopOnFailure: RecoveryStrategy = { name: 'stop', decide: () => 'stop' };

function backoff(failures: number, random: number, options: RetryOptions): number {
  const { firstMs = 50, maxMs = 5_000 } = options;
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  // Half fixed and half random: readers that failed together do not come back together.
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

/** Retries every failure with exponential backoff and jitter, a bounded number of times. */
export function retry(options: RetryOptions = {}): RecoveryStrategy {
  const { retries = 10 } = options;
  return {
    name: 'retry',
    decide: (_error, failures, random) =>
      failures > retries ? 'stop' : { retryAfterMs: backoff(failures, random, options) },
  };
}

/** Retries what may pass (`retryable` errors) for as long as it takes, and stops at anything else. The default. */
export function retryTemporary(options: RetryOptions = {}): RecoveryStrategy {
  const unbounded = retry({ retries: Number.POSITIVE_INFINITY, ...options });
  return {
    name: 'retry-temporary',
    decide: (error, failures, random) =>
      error.retryable ? unbounded.decide(error, failures, random) : 'stop',
  };
}
