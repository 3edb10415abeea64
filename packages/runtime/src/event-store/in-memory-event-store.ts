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
import { InMemoryStream } from './in-memory-stream.ts';
import { checkRetention, feedEventsRemoved, streamUnknown } from './removed-events.ts';

const DEFAULT_LIMIT = 500;

/** An event store in the memory of one process, for tests and for trying things out. It never forgets a command id. */
export class InMemoryEventStore implements EventStore, EventRemoval {
  /** The event at position p is at index p - 1; undefined where it was removed. */
  readonly #log: (RecordedEvent | undefined)[] = [];
  readonly #streams = new Map<string, InMemoryStream>();
  readonly #results = new Map<string, AppendResult>();
  readonly #appended = new WakeUp();
  readonly #now: () => Date;
  /** The newest position that was removed. */
  #removedTo = 0n;

  /** @param now - the clock that events are recorded by. */
  constructor({ now = () => new Date() }: { readonly now?: () => Date } = {}) {
    this.#now = now;
  }

  async append(appends: readonly StreamAppend[], options: AppendOptions = {}): Promise<AppendResult> {
    checkAppends(appends, options);
    checkTexts(appends);
    const { commandId } = options;
    const first = commandId === undefined ? undefined : this.#results.get(commandId);
    if (first !== undefined) return { ...first, repeated: true };
    for (const { streamId, expected } of appends) this.#check(streamId, expected);
    // No await between the check and here: nobody can come between.
    const versions = appends.map((append) => this.#record(append));
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

  #record({ streamId, events }: StreamAppend): number {
    const stream = this.#streams.get(streamId) ?? new InMemoryStream(streamId);
    this.#streams.set(streamId, stream);
    const recordedAt = this.#now();
    for (const event of events) {
      const position = BigInt(this.#log.length + 1);
      const version = stream.version + 1;
      const recorded = Object.freeze({ ...event, streamId, version, position, recordedAt });
      stream.push(recorded);
      this.#log.push(recorded);
    }
    return stream.version;
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
