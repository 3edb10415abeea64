import type { FeedFilter } from './feed-filter.ts';

/** Whether a reader may miss what was removed. */
export type RemovedEntries = 'refuse' | 'skip';

/** Where to begin and when to stop. An event store refuses what can not be a position or a limit with Invalid `read-options`. */
export interface ReadOptions {
  /** Entries after this position; 0n is the beginning. */
  readonly after: bigint;
  /** Entries per batch at most, default 500. */
  readonly limit?: number;
  /**
   * Delivers these events only, and tells how far it has read past others, so that there are batches without an entry. For feeds
   * of events; another feed refuses it with Invalid `filter-unsupported`.
   */
  readonly filter?: FeedFilter;
  /**
   * What to do where entries after `after` were removed from the source. `refuse`, the default, ends with Terminal
   * `feed-events-removed`, also when that happens while it reads, and whatever the filter says; `skip` goes on with what is left.
   */
  readonly removed?: RemovedEntries;
  /** Ends the iteration without an error. */
  readonly signal?: AbortSignal;
}

/** Some entries of a feed and how far the feed has been read with them. */
export interface FeedBatch<Entry> {
  /** May be empty: then the batch only says that there is nothing more up to `position`. */
  readonly entries: readonly Entry[];
  /** Everything up to and including this position has been delivered. */
  readonly position: bigint;
}

/**
 * Anything ordered and replayable. `read` follows: it waits for more when it reaches the end, until its signal aborts.
 * Every committed entry is delivered in position order; none is skipped; after a restart with `after` set to an earlier
 * batch's position, reading goes on with the next entry.
 */
export interface Feed<Entry extends { readonly position: bigint }> {
  read(options: ReadOptions): AsyncIterable<FeedBatch<Entry>>;
  /**
   * Tells the source that everything up to `position` has taken lasting effect and need not be kept for this reader. For
   * sources that keep their log on a reader's behalf; absent where the source keeps everything.
   */
  confirm?(position: bigint): Promise<void>;
}
