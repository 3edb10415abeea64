import type { ExpectedVersion } from './event-store.ts';

/** What is known of a stream beside its events. */
export interface StreamStatus {
  /** The version of its newest event, also when that was removed. */
  readonly version: number;
  readonly closed: boolean;
  /** When it was closed; absent where it is open. */
  readonly closedAt?: Date;
  /** Its events up to this version were removed; 0 where none was. */
  readonly removedTo: number;
}

/** Which events may go: those that fit everything that is given. The age or the closing must be. */
export interface RetentionPolicy {
  /** Events that were recorded longer ago than this, by the store's clock. A stream loses them from its beginning on. */
  readonly olderThanMs?: number;
  /** Events of streams that were closed longer ago than this, by the store's clock. */
  readonly closedForMs?: number;
  /** Events of streams of these categories: the part of the stream's id before the first `-`. */
  readonly categories?: readonly string[];
}

/** How to remove. */
export interface RemovalOptions {
  /** Counts what would be removed, and removes nothing. */
  readonly dryRun?: boolean;
  /** Ends between two batches without an error; what was removed by then is. */
  readonly signal?: AbortSignal;
}

/** What was removed. */
export interface RemovedEvents {
  readonly events: number;
  /** How many streams they were of. */
  readonly streams: number;
}

/**
 * What an event store can forget. Removing takes the events and nothing else: a stream keeps its name, its version and whether it is
 * closed, and no version or position is ever given twice. Whoever reads from before what was removed is refused, see `readStream` and
 * `read`. What was made of the events (projections, snapshots of open streams, dead letters) is not touched.
 *
 * Contract, checked by `eventRemovalContract`.
 */
export interface EventRemoval {
  /**
   * Lets a stream take no more events; it can still be read. Closing what is closed changes nothing. Can not be undone.
   * @param expected - what the stream must be at, default `present`.
   * @throws NotFound `stream-unknown`
   * @throws Conflict `stream-conflict`
   */
  closeStream(streamId: string, expected?: ExpectedVersion): Promise<StreamStatus>;
  /** What is known of a stream; nothing of one that never had an event. */
  streamStatus(streamId: string): Promise<StreamStatus | undefined>;
  /**
   * Removes the events that a policy lets go, in batches.
   * @throws Invalid `retention-policy`
   */
  removeEvents(policy: RetentionPolicy, options?: RemovalOptions): Promise<RemovedEvents>;
}
