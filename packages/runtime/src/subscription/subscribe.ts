import type { DeadLetterStore } from '../dead-letter/dead-letter.ts';
import { type BanyanError, Invalid } from '../errors/errors.ts';
import type { Feed, RemovedEntries } from '../feed/feed.ts';
import type { FeedFilter } from '../feed/feed-filter.ts';
import type { LeaseStore } from '../lease/lease.ts';
import type { Timing } from '../timing/timing.ts';
import type { CheckpointStore, DesiredState } from './checkpoint.ts';
import { checkLanes } from './lane.ts';
import { LaneRunner } from './lane-runner.ts';
import type { RecoveryStrategy } from './recovery.ts';
import { Subscriber } from './subscriber.ts';
import type { StepPlan } from './subscriber-step.ts';
import type { Superseded } from './version.ts';

/** A function over a feed, and where it keeps how far it has got. */
export interface SubscribeOptions<Entry extends { readonly position: bigint }, Tx> {
  /** The checkpoint's name; one subscriber per name takes effect at a time, or one per lane. */
  readonly name: string;
  readonly feed: Feed<Entry>;
  /** The events that are handled; the checkpoint moves past the others. For feeds of events. */
  readonly filter?: FeedFilter;
  /** Whether it may begin, or go on, where events that it has not seen were removed, default `refuse`. */
  readonly removed?: RemovedEntries;
  readonly checkpoints: CheckpointStore<Tx>;
  /** Applies entries, in order, through `tx`; commits together with the checkpoint at `to`. Not called without entries. */
  readonly handle: (entries: readonly Entry[], tx: Tx, to: bigint) => Promise<void>;
  /** Forgets everything that `handle` has written; commits together with the checkpoint at 0n. */
  readonly reset?: (tx: Tx) => Promise<void>;
  /**
   * Divides the subscription by a hash of the stream, from 1 to 64: each lane takes the events of its streams in order and has a
   * checkpoint of its own; events of different streams may be handled side by side. Counts when the subscription begins; later it
   * has the lanes that it was divided into. For feeds of events.
   */
  readonly lanes?: number;
  /**
   * Shares the lanes between all instances that give this: each lane has one owner at a time, who is fenced off when its lease has
   * gone to another. In the database of the checkpoints.
   */
  readonly leases?: LeaseStore;
  /** After so many milliseconds others take over from an instance that is gone, default 15000. */
  readonly leaseMs?: number;
  /**
   * The version of what `handle` makes, of a checkpoint that has none from now on. While it is of another version this subscriber
   * waits and owns no lane, so that old and new code may run side by side: a rebuild or a rollback switches it.
   */
  readonly version?: number;
  /** Hears that it begins to wait for its version; must not throw. */
  readonly onSuperseded?: (superseded: Superseded) => void;
  /** What is wanted when the checkpoint does not exist yet, default `running`. */
  readonly initial?: DesiredState;
  /** What to do when reading or handling fails, default `retryTemporary()`. */
  readonly onError?: RecoveryStrategy;
  /** Where entries that are given up on are kept; in the database of the checkpoints. */
  readonly deadLetters?: DeadLetterStore<Tx>;
  /** Hears of every entry that was left out, after it was; must not throw. */
  readonly onLeftOut?: (leftOut: LeftOut<Entry>) => void;
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

/** An entry that the subscription went on without. */
export interface LeftOut<Entry> {
  /** More than one only where entries have one position. */
  readonly entries: readonly Entry[];
  readonly error: BanyanError;
  readonly how: 'skip' | 'dead-letter';
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
 * @throws Invalid `lanes-out-of-range`, `subscription-name`, and `no-dead-letters` when `onError` needs a place for dead letters and none is given.
 */
export function subscribe<Entry extends { readonly position: bigint }, Tx>(
  options: SubscribeOptions<Entry, Tx>,
): Subscription {
  if (options.onError?.deadLetters && options.deadLetters === undefined) throw noDeadLetters(options.name);
  checkLanes(options.name, options.lanes ?? 1);
  const ending = new AbortController();
  const end = () => ending.abort();
  if (options.signal?.aborted) end();
  options.signal?.addEventListener('abort', end, { once: true });
  const inLanes = options.lanes !== undefined || options.leases !== undefined;
  const runner = inLanes ? new LaneRunner(options, ending.signal) : new Subscriber(options, ending.signal);
  const done = runner.run().finally(() => options.signal?.removeEventListener('abort', end));
  const ended = done.catch(() => {});
  const stop = async () => {
    end();
    await ended;
  };
  return { done, stop, [Symbol.asyncDispose]: stop };
}

function noDeadLetters(name: string): Invalid {
  return new Invalid(
    'no-dead-letters',
    `The subscription ${name} is to keep dead letters but has no place for them: give it "deadLetters".`,
  );
}
