import type { Feed } from '../feed/feed.ts';
import type { Event, RecordedEvent } from '../message/message.ts';

/**
 * What the writer believes about a stream: `any` asks nothing, `absent` that it has no event yet, `present` that it
 * has at least one, a number that it is at exactly this version (0 is the same as `absent`).
 */
export type ExpectedVersion = 'any' | 'absent' | 'present' | number;

/** Events for one stream. */
export interface StreamAppend {
  readonly streamId: string;
  readonly expected: ExpectedVersion;
  /** At least one event. */
  readonly events: readonly Event[];
}

/** Where the events of an append ended up. */
export interface AppendResult {
  /** The stream's version after the append, in the order of the appends given. */
  readonly versions: readonly number[];
  /** The position of the last event. A reader that has reached it has seen the whole append. */
  readonly position: bigint;
  /** Set when the command id was seen before: this is the first append's result, and nothing was written now. */
  readonly repeated?: true;
}

/** What else is known of an append. */
export interface AppendOptions {
  /**
   * Identifies the command behind the append in the whole store: the first append with an id writes, every later one gets the
   * first one's result, whatever it holds and expects. 1 to 255 characters. A refused append leaves its id unused. How long an id
   * is remembered is the store's to say.
   */
  readonly commandId?: string;
}

/** Which events of a stream to read; both ends are included. */
export interface StreamRange {
  /** First version, default 1. */
  readonly from?: number;
  /** Last version, default the newest. */
  readonly to?: number;
}

/**
 * All streams of one service, in one total order.
 *
 * Contract, checked by `eventStoreContract`: an append is all or nothing over all its streams; versions of a stream are
 * 1, 2, 3 without a gap; `read` yields every committed event once, in position order, and never passes an event
 * that could still be committed before one it has yielded.
 */
export interface EventStore extends Feed<RecordedEvent> {
  /**
   * Appends to one or several streams at once.
   * @throws Conflict `stream-conflict` when an expectation does not hold; nothing is written.
   * @throws Rejected `stream-closed` when a stream was closed, whatever is expected; nothing is written.
   *
   * At most 10,000 events and about 16 Mi characters at once, because all others wait for as long as it takes. A stream's id has 1 to
   * 500 characters, an event's type 1 to 255. Data and metadata are plain JSON: what would come back as something else is refused.
   * @throws Invalid `empty-append` when a stream is given no event, `stream-twice` when one is named twice, `append-too-large`,
   * `command-id`, `stream-id`, `expected-version`, `event-type`, `schema-version`, `event-data` or `event-metadata` for what can not be one.
   */
  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendResult>;
  /**
   * The events of one stream in order; none for a stream that does not exist.
   * @throws NotFound `stream-events-removed` when some of those asked for were removed, also while it reads.
   * @throws Invalid `stream-range`
   */
  readStream(streamId: string, range?: StreamRange): AsyncIterable<RecordedEvent>;
  /**
   * Position of the newest committed event, also when that was removed, 0n where there never was one: a reader that has reached it
   * is up to date.
   */
  head(): Promise<bigint>;
}
