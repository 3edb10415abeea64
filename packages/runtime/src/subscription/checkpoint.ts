import type { Lease } from '../lease/lease.ts';
import type { Lane } from './lane.ts';

/** What an operator wants of a subscription. */
export type DesiredState = 'running' | 'stopped';

/** How far a subscriber has got, and what is wanted of it. */
export interface Checkpoint {
  /** Everything up to here has taken effect; of a subscription in lanes that of its slowest lane. */
  readonly position: bigint;
  readonly desired: DesiredState;
  /** The subscriber must not take effect past this position until it is cleared. */
  readonly holdAt?: bigint;
  /** The subscriber is to forget everything and begin anew, before anything else and also while stopped is wanted. */
  readonly resetWanted?: true;
  /** The version of the subscriber whose effects these are; absent until one has said so. */
  readonly version?: number;
  /** Into how many lanes the subscription is divided; absent where it is not. */
  readonly lanes?: number;
  /** What the subscription last told about itself, and when; absent before its first report. */
  readonly reported?: SubscriptionReport & { readonly at: Date };
}

/**
 * What became of an advance. `held`: the hold forbids it. `moved`: another reader advanced the checkpoint first, or it was divided
 * otherwise. `fenced`: the lease is somebody else's by now. `superseded`: the effects are of another version of the subscriber.
 */
export type AdvanceOutcome = 'advanced' | 'held' | 'stopped' | 'moved' | 'fenced' | 'superseded';

/** One step of a subscriber. */
export interface Advance {
  /** The position that this reader believes the checkpoint to be at; the step has no effect when it is not. */
  readonly from: bigint;
  readonly to: bigint;
  /** The step has no effect when this lease is not the newest; compared in the statement that moves the checkpoint. */
  readonly fence?: Lease;
  /** The step has no effect when the checkpoint is of another version; one of none becomes of this. */
  readonly version?: number;
}

/** A change of what is wanted of a subscription; what is absent stays as it is. */
export interface Wanted {
  readonly desired?: DesiredState;
  /** `null` clears a hold. */
  readonly holdAt?: bigint | null;
  /**
   * After so many milliseconds the hold lapses by itself, so that one whose holder died stops nobody for good. Without
   * it a hold lasts until it is cleared.
   */
  readonly holdForMs?: number;
  /** Asks the running subscriber to forget everything and begin anew, or takes the request back. */
  readonly reset?: boolean;
  /** The version of a subscription that has none yet. */
  readonly version?: number;
}

/** What a running subscription tells about itself; informative, never used to decide what to apply. */
export interface SubscriptionReport {
  /** When the newest applied entry was committed at its source. */
  readonly appliedAt?: Date;
  /** Milliseconds between the source's commit and ours, of the newest entry. */
  readonly lagMs?: number;
  /** Why the subscription stopped, or what it is retrying. */
  readonly error?: string;
}

/**
 * Where a subscriber's effects and its checkpoint are committed together.
 *
 * `Tx` is the adapter's transaction handle. Contract, checked by `checkpointStoreContract`: `advance` runs `work` and moves the
 * checkpoint in one transaction, or does neither; the comparison with `from`, the hold and the desired state is made in
 * the statement that moves the checkpoint, so that of two racing readers one wins and a frozen one that thaws changes nothing.
 *
 * A subscription may be divided into lanes, each with a checkpoint of its own under the name that `laneName` gives it. What is
 * wanted of the subscription is wanted of every lane; to load it gives them added up.
 */
export interface CheckpointStore<Tx> {
  /**
   * The checkpoint; created at 0n with `initial` (default `running`) on first use.
   * @throws Conflict `lanes-changed` for a lane that there is not, or not any more.
   */
  load(name: string, initial?: DesiredState): Promise<Checkpoint>;
  /** Without `work` only the checkpoint moves, which may get lost in a crash of the store where that does no harm. */
  advance(name: string, step: Advance, work?: (tx: Tx) => Promise<void>): Promise<AdvanceOutcome>;
  /**
   * Runs `work`, puts the subscription with all its lanes back to 0n and clears a request for it, in one transaction, unless the
   * lease is not the newest.
   */
  reset(name: string, work: (tx: Tx) => Promise<void>, fence?: Lease): Promise<'reset' | 'fenced'>;
  /** The lanes of a subscription, one where it is not divided; divided into so many where it has not begun yet. */
  lanes(name: string, lanes: number, initial?: DesiredState): Promise<readonly Lane[]>;
  /**
   * Divides a subscription into other lanes.
   * @throws Conflict `lanes-apart` while the lanes there are have not all come to one position: hold the subscription first.
   */
  divide(name: string, lanes: number): Promise<readonly Lane[]>;
  /** Sets what is wanted; waits for a step under way, which then counts as before. */
  control(name: string, wanted: Wanted): Promise<Checkpoint>;
  /** Keeps a report; what it leaves out stays as told before, but an error that it leaves out is over. */
  report(name: string, report: SubscriptionReport): Promise<void>;
  /** Resolves when the checkpoint or what is wanted of it may have changed, or after `timeoutMs`. */
  changed(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void>;
}
