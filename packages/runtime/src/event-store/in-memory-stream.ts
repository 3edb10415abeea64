import { categoryOf } from '../feed/feed-filter.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { RetentionPolicy, StreamStatus } from './event-removal.ts';
import type { StreamRange } from './event-store.ts';
import { streamEventsRemoved } from './removed-events.ts';

/** One stream of the in-memory event store. */
export class InMemoryStream {
  readonly #id: string;
  /** Those that are left: the first of them has the version after `#removedTo`. */
  readonly #events: RecordedEvent[] = [];
  #removedTo = 0;
  #closedAt: Date | undefined;

  constructor(id: string) {
    this.#id = id;
  }

  get version(): number {
    return this.#removedTo + this.#events.length;
  }

  get closed(): boolean {
    return this.#closedAt !== undefined;
  }

  get status(): StreamStatus {
    const closedAt = this.#closedAt;
    return {
      version: this.version,
      closed: this.closed,
      ...(closedAt && { closedAt }),
      removedTo: this.#removedTo,
    };
  }

  push(event: RecordedEvent): void {
    this.#events.push(event);
  }

  close(at: Date): void {
    this.#closedAt ??= at;
  }

  /** @throws NotFound `stream-events-removed` */
  read({ from = 1, to = this.version }: StreamRange): readonly RecordedEvent[] {
    if (from <= this.#removedTo && from <= to) throw streamEventsRemoved(this.#id, from, this.#removedTo);
    const skipped = Math.max(0, from - 1 - this.#removedTo);
    return this.#events.slice(skipped, Math.max(skipped, to - this.#removedTo));
  }

  /** How many events, from the oldest on, a policy lets go. */
  countOld({ olderThanMs, closedForMs, categories }: RetentionPolicy, now: Date): number {
    if (categories?.includes(categoryOf(this.#id)) === false) return 0;
    if (closedForMs !== undefined && !isBefore(this.#closedAt, now, closedForMs)) return 0;
    if (olderThanMs === undefined) return this.#events.length;
    const young = this.#events.findIndex(({ recordedAt }) => !isBefore(recordedAt, now, olderThanMs));
    return young < 0 ? this.#events.length : young;
  }

  /** Removes so many of the oldest and gives them. */
  remove(count: number): readonly RecordedEvent[] {
    this.#removedTo += count;
    return this.#events.splice(0, count);
  }
}

function isBefore(time: Date | undefined, now: Date, ageMs: number): boolean {
  return time !== undefined && time.getTime() < now.getTime() - ageMs;
}
