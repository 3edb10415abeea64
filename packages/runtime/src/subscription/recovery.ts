import type { BanyanError } from '../errors/errors.ts';

/**
 * What a subscription does when reading or handling fails: wait this many milliseconds and try again, stop, or leave out the one
 * entry that fails: `skip` forgets it, `dead-letter` keeps it to be looked at and handled again. Where what fails is not an entry (the
 * source can't be read, a snapshot can't be loaded), leaving out is not possible and counts as `stop`.
 */
export type RecoveryDecision = { readonly retryAfterMs: number } | 'stop' | 'skip' | 'dead-letter';

/** Decides what follows a failure. */
export interface RecoveryStrategy {
  readonly name: string;
  /** It may decide `dead-letter`, so the subscription needs a place to keep dead letters. */
  readonly deadLetters?: true;
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

/** Limits of a strategy that leaves out what can't be handled. */
export interface LeaveOutOptions extends RetryOptions {
  /** Tries after the first failure of an entry before it is left out; default 3. */
  readonly retries?: number;
  /**
   * The same for failures that may pass (`retryable` errors). Default `Infinity`: while a database or another service is away,
   * nothing is left out.
   */
  readonly temporaryRetries?: number;
}

/** Retries with backoff; an entry that still fails becomes a dead letter, and the subscription goes on behind it. */
export function retryThenDeadLetter(options: LeaveOutOptions = {}): RecoveryStrategy {
  return { ...leaveOut('retry-then-dead-letter', 'dead-letter', options), deadLetters: true };
}

/** Retries with backoff; an entry that still fails is forgotten, and the subscription goes on behind it. */
export function retryThenSkip(options: LeaveOutOptions = {}): RecoveryStrategy {
  return leaveOut('retry-then-skip', 'skip', options);
}

/** Forgets an entry that fails, at its first failure; retries only what may pass. */
export const skipOnFailure: RecoveryStrategy = leaveOut('skip', 'skip', { retries: 0 });

function leaveOut(name: string, how: 'skip' | 'dead-letter', options: LeaveOutOptions): RecoveryStrategy {
  const { retries = 3, temporaryRetries = Number.POSITIVE_INFINITY } = options;
  return {
    name,
    decide: (error, failures, random) =>
      failures > (error.retryable ? temporaryRetries : retries)
        ? how
        : { retryAfterMs: backoff(failures, random, options) },
  };
}
