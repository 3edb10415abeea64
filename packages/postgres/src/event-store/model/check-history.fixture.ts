import type { RecordedEvent } from '@banyan/runtime';
import { labelOf } from '@banyan/runtime/testing';
import type { Done } from './history.fixture.ts';
import { accepts, type ModelAppend } from './model-store.fixture.ts';

type Append = Extract<Done, { did: 'append' }>;

/**
 * What is wrong with a history, given the log that it left: nothing, if all that the clients were told fits one order, that of the log,
 * and that order does not contradict the times at which they asked and were answered (Herlihy and Wing, Linearizability, 1990).
 */
export function problemsOf(
  log: readonly RecordedEvent[],
  done: readonly Done[],
  run: string,
): readonly string[] {
  return new HistoryCheck(log, done, run).problems();
}

class HistoryCheck {
  readonly #log: readonly RecordedEvent[];
  readonly #done: readonly Done[];
  readonly #run: string;
  readonly #problems: string[] = [];
  readonly #byLabel = new Map<string, RecordedEvent>();
  /** The events of each stream, by its short name. */
  readonly #streams = new Map<string, RecordedEvent[]>();
  /** Between which ticks an event was written; by its label. */
  readonly #written = new Map<string, { from: number; to: number }>();

  constructor(log: readonly RecordedEvent[], done: readonly Done[], run: string) {
    this.#log = log;
    this.#done = done;
    this.#run = run;
  }

  problems(): readonly string[] {
    this.#index();
    for (const each of this.#done) {
      if (each.did === 'append') this.#checkAppend(each);
      else if (each.did === 'within') this.#checkWithin(each);
      else if (each.did === 'read') this.#checkRead(each);
      else if (each.did === 'head') this.#checkHead(each);
      else this.#checkClose(each);
    }
    this.#checkOrder();
    this.#checkCommands();
    return this.#problems;
  }

  #wrong(sentence: string, what: unknown): void {
    const text = JSON.stringify(what, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    this.#problems.push(`${sentence}: ${text}`);
  }

  #index(): void {
    let last = 0n;
    for (const event of this.#log) {
      const stream = event.streamId.slice(this.#run.length);
      const events = this.#streams.get(stream) ?? [];
      this.#streams.set(stream, events);
      events.push(event);
      if (event.version !== events.length) this.#wrong('a version is missing or doubled', event);
      if (event.position <= last) this.#wrong('positions do not grow', event);
      if (this.#byLabel.has(labelOf(event))) this.#wrong('written twice', event);
      last = event.position;
      this.#byLabel.set(labelOf(event), event);
    }
    for (const each of this.#done) {
      if (each.did !== 'append' && each.did !== 'within') continue;
      // Nobody is told when a relay moves what a transaction has committed, nor when an append ends whose connection broke.
      const to = each.did === 'append' && each.result !== undefined ? each.to : Number.POSITIVE_INFINITY;
      for (const { labels } of each.appends)
        for (const label of labels) this.#written.set(label, { from: each.from, to });
    }
  }

  /** The events of an append; undefined where there are none. */
  #eventsOf(appends: readonly ModelAppend[]): readonly RecordedEvent[] | undefined {
    const labels = appends.flatMap((append) => append.labels);
    const events = labels.flatMap((label) => this.#byLabel.get(label) ?? []);
    if (events.length === 0) return undefined;
    const first = this.#log.indexOf(events[0]!);
    const together = labels.every(
      (label, index) => labelOf(this.#log[first + index] ?? { data: {} }) === label,
    );
    if (!together) this.#wrong('not written as a whole, in order and together', appends);
    return events;
  }

  #checkAppend(append: Append): void {
    const { appends, result, refused, from } = append;
    const events = this.#eventsOf(appends);
    if (refused !== undefined) {
      if (refused.code === 'stream-conflict') this.#checkConflict(append);
      if (refused.code === 'stream-closed' && !this.#mayBeClosed(append))
        this.#wrong('refused as closed, but nobody had closed it', append);
      if (events !== undefined && refused.code !== 'append-outcome-unknown')
        this.#wrong('refused, but written', append);
      return;
    }
    if (result?.repeated) {
      if (events !== undefined) this.#wrong('repeated, but written', append);
      return;
    }
    if (events === undefined) {
      this.#wrong('answered, but not written', append);
      return;
    }
    this.#checkResult(append, events);
    for (const { stream, expected, labels } of appends) {
      const before = this.#byLabel.get(labels[0]!)!.version - 1;
      if (!accepts(before, expected))
        this.#wrong(`written on version ${before}, which was not expected`, append);
      for (const each of this.#done)
        if (each.did === 'close' && each.stream === stream && each.version !== undefined && each.to < from)
          this.#wrong('written after it was closed', [append, each]);
    }
  }

  #checkResult(append: Append, events: readonly RecordedEvent[]): void {
    const versions = append.appends.map(({ labels }) => this.#byLabel.get(labels.at(-1)!)!.version);
    if (String(versions) !== String(append.result!.versions))
      this.#wrong(`answered, but at versions ${versions}`, append);
    if (events.at(-1)!.position !== append.result!.position)
      this.#wrong(`answered, but at ${events.at(-1)!.position}`, append);
  }

  #checkConflict(append: Append): void {
    const { streamId = '', actual = -1 } = append.refused!;
    const stream = streamId.slice(this.#run.length);
    const expected = append.appends.find((each) => each.stream === stream)?.expected;
    if (expected === undefined || accepts(actual, expected)) this.#wrong('a conflict that is none', append);
    if (!this.#wasAt(stream, actual, append)) this.#wrong('never at that version while it was asked', append);
  }

  /** Whether a stream may have been at a version at some time while somebody asked. */
  #wasAt(stream: string, version: number, { from, to }: Done): boolean {
    const events = this.#streams.get(stream) ?? [];
    const begun = version === 0 || this.#writtenAt(events[version - 1]).from < to;
    return version <= events.length && begun && this.#writtenAt(events[version]).to > from;
  }

  #writtenAt(event: RecordedEvent | undefined): { from: number; to: number } {
    const never = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    return event === undefined ? never : (this.#written.get(labelOf(event)) ?? never);
  }

  #mayBeClosed({ appends, to }: Append): boolean {
    return this.#done.some(
      (each) =>
        each.did === 'close' && each.from < to && appends.some(({ stream }) => stream === each.stream),
    );
  }

  #checkWithin(within: Extract<Done, { did: 'within' }>): void {
    const events = this.#eventsOf(within.appends);
    const lost = within.outcome === 'rolled back' || within.outcome === 'closed';
    if (lost && events !== undefined) this.#wrong('not committed, but written', within);
    const closed = this.#done.some(
      (each) => each.did === 'close' && within.appends.some(({ stream }) => stream === each.stream),
    );
    if (within.outcome === 'committed' && events === undefined && !closed)
      this.#wrong('committed, but not written', within);
  }

  #checkRead(read: Extract<Done, { did: 'read' }>): void {
    const events = this.#streams.get(read.stream) ?? [];
    const prefix = events.slice(0, read.seen.length).map(labelOf);
    if (String(prefix) !== String(read.seen))
      this.#wrong('read what is not the beginning of the stream', read);
    if (!this.#wasAt(read.stream, read.seen.length, read)) this.#wrong('read too much or too little', read);
  }

  #checkHead({ head, from, to }: Extract<Done, { did: 'head' }>): void {
    for (const event of this.#log) {
      const written = this.#writtenAt(event);
      if (event.position > head && written.to < from) this.#wrong(`the head ${head} is behind`, event);
      if (event.position === head && written.from > to) this.#wrong(`the head ${head} is ahead`, event);
    }
  }

  #checkClose({ stream, version }: Extract<Done, { did: 'close' }>): void {
    const count = this.#streams.get(stream)?.length ?? 0;
    if (version !== undefined && version !== count)
      this.#wrong(`${stream} was closed at ${version} and has ${count} events`, stream);
  }

  /** Who was answered before another asked comes before it. */
  #checkOrder(): void {
    let latest = 0;
    for (const event of this.#log) {
      const { from, to } = this.#writtenAt(event);
      if (to < latest) this.#wrong('written after what was asked for later', event);
      latest = Math.max(latest, from);
    }
  }

  /** An id writes once, and everybody who gives it is told the same. */
  #checkCommands(): void {
    const byId = new Map<string, Append[]>();
    for (const each of this.#done)
      if (each.did === 'append' && each.commandId !== undefined)
        byId.set(each.commandId, [...(byId.get(each.commandId) ?? []), each]);
    for (const all of byId.values()) {
      const wrote = all.filter(({ appends }) => this.#byLabel.has(appends[0]!.labels[0]!));
      if (wrote.length > 1) this.#wrong('a command took effect twice', wrote);
      for (const append of all) {
        if (!append.result?.repeated) continue;
        const [first] = wrote;
        if (first === undefined) this.#wrong('repeated, but never written', append);
        else this.#checkResult({ ...first, result: append.result }, this.#eventsOf(first.appends)!);
      }
    }
  }
}
