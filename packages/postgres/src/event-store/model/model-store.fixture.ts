import type { ExpectedVersion, StreamStatus } from '@banyan/runtime';

/** Labels for one stream. */
export interface ModelAppend {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly labels: readonly string[];
}

/** An event as the model knows it. */
export interface ModelEvent {
  readonly stream: string;
  readonly version: number;
  readonly label: string;
  old: boolean;
  removed: boolean;
}

interface ModelStream {
  version: number;
  closed: boolean;
  removedTo: number;
}

/** What an append led to. */
export type ModelOutcome =
  | {
      readonly code: 'appended';
      readonly versions: readonly number[];
      readonly last: ModelEvent;
      readonly repeated: boolean;
    }
  | { readonly code: 'stream-closed' | 'stream-conflict' };

/** What the words of the port say about an event store, as plainly as possible. */
export class ModelStore {
  readonly log: ModelEvent[] = [];
  readonly #streams = new Map<string, ModelStream>();
  readonly #results = new Map<string, { versions: readonly number[]; last: ModelEvent }>();

  append(appends: readonly ModelAppend[], commandId?: string): ModelOutcome {
    const first = commandId === undefined ? undefined : this.#results.get(commandId);
    if (first !== undefined) return { code: 'appended', ...first, repeated: true };
    for (const { stream, expected } of appends) {
      const { closed, version } = this.#stream(stream);
      if (closed) return { code: 'stream-closed' };
      if (!accepts(version, expected)) return { code: 'stream-conflict' };
    }
    const versions = appends.map(({ stream, labels }) => {
      const state = this.#stream(stream);
      this.#streams.set(stream, state);
      for (const label of labels) {
        state.version += 1;
        this.log.push({ stream, version: state.version, label, old: false, removed: false });
      }
      return state.version;
    });
    const result = { versions, last: this.log.at(-1)! };
    if (commandId !== undefined) this.#results.set(commandId, result);
    return { code: 'appended', ...result, repeated: false };
  }

  close(stream: string, expected: ExpectedVersion): 'closed' | 'stream-unknown' | 'stream-conflict' {
    const state = this.#streams.get(stream);
    if (state === undefined) return 'stream-unknown';
    if (!state.closed && !accepts(state.version, expected)) return 'stream-conflict';
    state.closed = true;
    return 'closed';
  }

  isClosed(stream: string): boolean {
    return this.#stream(stream).closed;
  }

  status(stream: string): Omit<StreamStatus, 'closedAt'> | undefined {
    const state = this.#streams.get(stream);
    return state && { ...state };
  }

  /** Time passes: everything so far is old. */
  age(): void {
    for (const event of this.log) event.old = true;
  }

  /** Removes old events, all events of closed streams, or old ones of closed streams; gives how many, of how many streams. */
  retain(policy: { readonly old: boolean; readonly closed: boolean; readonly category?: string }) {
    const going = this.log.filter(
      ({ stream, old, removed }) =>
        !removed &&
        (!policy.old || old) &&
        (!policy.closed || this.isClosed(stream)) &&
        (policy.category === undefined || stream.split('-')[0] === policy.category),
    );
    for (const event of going) {
      event.removed = true;
      this.#stream(event.stream).removedTo = event.version;
    }
    return { events: going.length, streams: new Set(going.map(({ stream }) => stream)).size };
  }

  /** The labels; undefined where some of them were removed. */
  readStream(stream: string, from: number, to = Number.POSITIVE_INFINITY): readonly string[] | undefined {
    const wanted = this.log.filter(
      ({ stream: of, version }) => of === stream && version >= from && version <= to,
    );
    if (from <= to && from <= this.#stream(stream).removedTo) return undefined;
    return wanted.map(({ label }) => label);
  }

  #stream(stream: string): ModelStream {
    return this.#streams.get(stream) ?? { version: 0, closed: false, removedTo: 0 };
  }
}

/** Whether a stream at this version is as expected. */
export function accepts(version: number, expected: ExpectedVersion): boolean {
  const rules = { any: true, absent: version === 0, present: version !== 0 };
  return typeof expected === 'number' ? version === expected : rules[expected];
}
