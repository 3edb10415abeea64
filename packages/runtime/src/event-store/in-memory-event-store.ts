import type { FeedBatch, ReadOptions } from '../feed/feed.ts';
import { feedTest } from '../feed/feed-filter.ts';
import type { RecordedEvent } from '../message/message.ts';
import { WakeUp } from '../timing/wake-up.ts';
import type { AppendOptions, AppendResult, EventStore, StreamAppend, StreamRange } from './event-store.ts';
import { checkAppends, holdsAt, streamConflict } from './expected-version.ts';

const DEFAULT_LIMIT = 500;

/** An event store in the memory of one process, for tests and for trying things out. It never forgets a command id. */
export class InMemoryEventStore implements EventStore {
  /** The event at position p is at index p - 1. */
  readonly #log: RecordedEvent[] = [];
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #results = new Map<string, AppendResult>();
  readonly #appended = new WakeUp();
  readonly #now: () => Date;

  /** @param now - the clock that events are recorded by. */
  constructor({ now = () => new Date() }: { readonly now?: () => Date } = {}) {
    this.#now = now;
  }

  async append(appends: readonly StreamAppend[], options: AppendOptions = {}): Promise<AppendResult> {
    checkAppends(appends, options);
    const { commandId } = options;
    const first = commandId === undefined ? undefined : this.#results.get(commandId);
    if (first !== undefined) return { ...first, repeated: true };
    for (const { streamId, expected } of appends) {
      const version = this.#streams.get(streamId)?.length ?? 0;
      if (!holdsAt(expected, version)) throw streamConflict(streamId, expected, version);
    }
    // No await between the check and here: nobody can come between.
    const versions = appends.map((append) => this.#record(append));
    const result = { versions, position: BigInt(this.#log.length) };
    if (commandId !== undefined) this.#results.set(commandId, result);
    this.#appended.wake();
    return result;
  }

  async *readStream(streamId: string, range: StreamRange = {}): AsyncIterable<RecordedEvent> {
    const { from = 1, to } = range;
    yield* (this.#streams.get(streamId) ?? []).slice(Math.max(0, from - 1), to);
  }

  async head(): Promise<bigint> {
    return BigInt(this.#log.length);
  }

  async *read(options: ReadOptions): AsyncIterable<FeedBatch<RecordedEvent>> {
    const { limit = DEFAULT_LIMIT, signal, filter = {} } = options;
    const passes = feedTest(filter);
    let next = Number(options.after);
    while (!signal?.aborted) {
      const read = this.#log.slice(next, next + limit);
      if (read.length === 0) {
        await this.#appended.wait({ signal });
        continue;
      }
      next += read.length;
      yield { entries: read.filter(passes), position: BigInt(next) };
    }
  }

  #record({ streamId, events }: StreamAppend): number {
    const stream = this.#streams.get(streamId) ?? [];
    this.#streams.set(streamId, stream);
    const recordedAt = this.#now();
    for (const event of events) {
      const position = BigInt(this.#log.length + 1);
      const recorded = Object.freeze({
        ...event,
        streamId,
        version: stream.length + 1,
        position,
        recordedAt,
      });
      stream.push(recorded);
      this.#log.push(recorded);
    }
    return stream.length;
  }
}
