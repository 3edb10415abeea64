import type { Feed } from '../feed/feed.ts';
import type { Timing } from '../timing/timing.ts';
import type { CheckpointStore, DesiredState } from './checkpoint.ts';
import type { RecoveryStrategy } from './recovery.ts';
import { Subscriber } from './subscriber.ts';
import type { StepPlan } from './subscriber-step.ts';

/** A function over a feed, and where it keeps how far it has got. */
export interface SubscribeOptions<Entry extends { readonly position: bigint }, Tx> {
  /** The checkpoint's name; one subscriber per name takes effect at a time. */
  readonly name: string;
  readonly feed: Feed<Entry>;
  readonly checkpoints: CheckpointStore<Tx>;
  /** Applies entries, in order, through `tx`; commits together with the checkpoint at `to`. Not called without entries. */
  readonly handle: (entries: readonly Entry[], tx: Tx, to: bigint) => Promise<void>;
  /** Forgets everything that `handle` has written; commits together with the checkpoint at 0n. */
  readonly reset?: (tx: Tx) => Promise<void>;
  /** What is wanted when the checkpoint does not exist yet, default `running`. */
  readonly initial?: DesiredState;
  /** What to do when reading or handling fails, default `retryTemporary()`. */
  readonly onError?: RecoveryStrategy;
  /** Whether to write reports (lag, errors) to the checkpoint store, default true. */
  readonly report?: boolean;
  /** When an entry was committed at its source; lag is reported only where this is given. */
  readonly committedAt?: (entry: Entry) => Date | undefined;
  /** Entries per batch at most, the feed's default where absent. */
  readonly limit?: number;
  /** How a batch becomes transactions, default one each. */
  readonly steps?: StepPlan<Entry>;
  readonly timing?: Timing;
  /** Ends the subscription after the step under way. */
  readonly signal?: AbortSignal;
}

/** A subscriber at work. */
export interface Subscription extends AsyncDisposable {
  /**
   * Resolves when the subscription was ended, rejects with a `BanyanError` when it gave up. The failure is also reported to the
   * checkpoint store, so ignoring this promise does not bring the process down.
   */
  readonly done: Promise<void>;
  /** Ends after the step under way; resolves when it has, also after a failure. */
  stop(): Promise<void>;
}

/**
 * Follows a feed from its checkpoint: every entry takes effect once, in the transaction that moves the checkpoint, while
 * the checkpoint's desired state is `running` and up to its hold.
 */
export function subscribe<Entry extends { readonly position: bigint }, Tx>(
  options: SubscribeOptions<Entry, Tx>,
): Subscription {
  const ending = new AbortController();
  const end = () => ending.abort();
  if (options.signal?.aborted) end();
  options.signal?.addEventListener('abort', end, { once: true });
  const done = new Subscriber(options, ending.signal)
    .run()
    .finally(() => options.signal?.removeEventListener('abort', end));
  const ended = done.catch(() => {});
  const stop = async () => {
    end();
    await ended;
  };
  return { done, stop, [Symbol.asyncDispose]: stop };
}
