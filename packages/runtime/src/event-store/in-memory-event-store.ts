import { Invalid } from '../errors/errors.ts';
import { checkReadOptions } from '../feed/check-read-options.ts';
import type { FeedBatch, ReadOptions } from '../feed/feed.ts';
import { feedTest } from '../feed/feed-filter.ts';
import type { RecordedEvent } from '../message/message.ts';
import { WakeUp } from '../timing/wake-up.ts';
import { checkAppends } from './check-appends.ts';
import { checkStreamRange } from './check-range.ts';
import type {
  EventRemoval,
  RemovalOptions,
  RemovedEvents,
  RetentionPolicy,
  StreamStatus,
} from './event-removal.ts';
import type {
  AppendOptions,
  AppendResult,
  EventStore,
  ExpectedVersion,
  StreamAppend,
  StreamRange,
} from './event-store.ts';
import { checkExpected, holdsAt, streamClosed, streamConflict } from './expected-version.ts';
import { type InMemoryInline, takeInline } from './in-memory-inline.ts';
import { InMemoryStream } from './in-memory-stream.ts';
import { checkRetention, feedEventsRemoved, streamUnknown } from './removed-events.ts';

const DEFAULT_LIMIT = 500;

/** What the store goes by. */
export interface InMemoryEventStoreOptions {
  readonly now?: () => Date;
  readonly inline?: InMemoryInline;
}

/** An event store in the memory of one process, for tests and for trying things out. It never forgets a command id. */
export class InMemoryEventStore implements EventStore, EventRemoval {
  /** The event at position p is at index p - 1; undefined where it was removed. */
  readonly #log: (RecordedEvent | undefined)[] = [];
  readonly #streams = new Map<string, InMemoryStream>();
  readonly #results = new Map<string, AppendResult>();
  readonly #appended = new WakeUp();
  readonly #now: () => Date;
  readonly #inline: InMemoryInline | undefined;
  /** The append under way, where projections are taken along. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The newest position that was removed. */
  #removedTo = 0n;

  /**
   * @param now - the clock that events are recorded by.
   * @param inline - projections that an append takes along, so that their effects are there when it returns; one that fails refuses it.
   */
  constructor({ now = () => new Date(), inline }: InMemoryEventStoreOptions = {}) {
    this.#now = now;
    this.#inline = inline;
  }

  async append(appends: readonly StreamAppend[], options: AppendOptions = {}): Promise<AppendResult> {
    checkAppends(appends, options);
    checkTexts(appends);
    if (this.#inline === undefined) return this.#append(appends, options);
    const result = this.#turn.then(() => this.#appendInline(this.#inline!, appends, options));
    this.#turn = result.catch(() => {});
    return result;
  }

  async #appendInline(
    inline: InMemoryInline,
    appends: readonly StreamAppend[],
    options: AppendOptions,
  ): Promise<AppendResult> {
    if (options.commandId !== undefined && this.#results.has(options.commandId))
      return this.#append(appends, options);
    for (const { streamId, expected } of appends) this.#check(streamId, expected);
    const before = BigInt(this.#log.length);
    const added = this.#recordedOf(appends);
    const unseen = (after: bigint) =>
      [...this.#log.slice(Number(after)), ...added].filter((event) => event !== undefined);
    return takeInline(inline, before, before + BigInt(added.length), unseen, () =>
      this.#append(appends, options, added),
    );
  }

  #append(
    appends: readonly StreamAppend[],
    options: AppendOptions,
    added?: readonly RecordedEvent[],
  ): AppendResult {
    const { commandId } = options;
    const first = commandId === undefined ? undefined : this.#results.get(commandId);
    if (first !== undefined) return { ...first, repeated: true };
    for (const { streamId, expected } of appends) this.#check(streamId, expected);
    // No await between the check and here: nobody can come between.
    const versions = this.#record(appends, added ?? this.#recordedOf(appends));
    const result = { versions, position: BigInt(this.#log.length) };
    if (commandId !== undefined) this.#results.set(commandId, result);
    this.#appended.wake();
    return result;
  }

  async *readStream(streamId: string, range: StreamRange = {}): AsyncIterable<RecordedEvent> {
    checkStreamRange(streamId, range);
    yield* this.#streams.get(streamId)?.read(range) ?? [];
  }

  async head(): Promise<bigint> {
    return BigInt(this.#log.length);
  }

  async *read(options: ReadOptions): AsyncIterable<FeedBatch<RecordedEvent>> {
    const { limit = DEFAULT_LIMIT, signal, filter = {}, removed = 'refuse' } = options;
    checkReadOptions(options);
    const passes = feedTest(filter);
    let next = Number(options.after);
    while (!signal?.aborted) {
      if (removed === 'refuse' && next < this.#removedTo)
        throw feedEventsRemoved(BigInt(next), this.#removedTo);
      const read = this.#log.slice(next, next + limit);
      if (read.length === 0) {
        await this.#appended.wait({ signal });
        continue;
      }
      next += read.length;
      yield {
        entries: read.filter((event): event is RecordedEvent => event !== undefined && passes(event)),
        position: BigInt(next),
      };
    }
  }

  async closeStream(streamId: string, expected: ExpectedVersion = 'present'): Promise<StreamStatus> {
    checkExpected(streamId, expected);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) throw streamUnknown(streamId);
    if (!stream.closed) {
      this.#check(streamId, expected);
      stream.close(this.#now());
    }
    return stream.status;
  }

  async streamStatus(streamId: string): Promise<StreamStatus | undefined> {
    return this.#streams.get(streamId)?.status;
  }

  async removeEvents(policy: RetentionPolicy, { dryRun }: RemovalOptions = {}): Promise<RemovedEvents> {
    checkRetention(policy);
    const now = this.#now();
    const old = [...this.#streams.values()].map((stream) => [stream, stream.countOld(policy, now)] as const);
    const going = old.filter(([, count]) => count > 0);
    if (!dryRun) {
      for (const [stream, count] of going) this.#forget(stream.remove(count));
    }
    return { events: going.reduce((sum, [, count]) => sum + count, 0), streams: going.length };
  }

  #check(streamId: string, expected: ExpectedVersion): void {
    const { version = 0, closed = false } = this.#streams.get(streamId) ?? {};
    if (closed) throw streamClosed(streamId, version);
    if (!holdsAt(expected, version)) throw streamConflict(streamId, expected, version);
  }

  /** The events as they will be recorded. */
  #recordedOf(appends: readonly StreamAppend[]): readonly RecordedEvent[] {
    const recordedAt = this.#now();
    let position = BigInt(this.#log.length);
    return appends.flatMap(({ streamId, events }) => {
      let version = this.#streams.get(streamId)?.version ?? 0;
      return events.map((event) => {
        position += 1n;
        version += 1;
        return Object.freeze({ ...event, streamId, version, position, recordedAt });
      });
    });
  }

  #record(appends: readonly StreamAppend[], recorded: readonly RecordedEvent[]): readonly number[] {
    for (const event of recorded) {
      const stream = this.#streams.get(event.streamId) ?? new InMemoryStream(event.streamId);
      this.#streams.set(event.streamId, stream);
      stream.push(event);
      this.#log.push(event);
    }
    return appends.map(({ streamId }) => this.#streams.get(streamId)!.version);
  }

  #forget(events: readonly RecordedEvent[]): void {
    for (const { position } of events) {
      this.#log[Number(position) - 1] = undefined;
      if (position > this.#removedTo) this.#removedTo = position;
    }
  }
}

/** JSON writes NUL and halves of characters as escapes, and nothing else that looks like them unless a backslash comes before. */
const unkept = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** What a database could not keep is refused here as well, so that tests with this store find it out. */
function checkTexts(appends: readonly StreamAppend[]): void {
  for (const { streamId, events } of appends)
    for (const { type, data, metadata } of events)
      if (unkept.test(JSON.stringify([data, metadata])))
        throw new Invalid('bad-text', `${type} in ${streamId} holds NUL or half a character: leave it out.`);
}
