import type { Event, RecordedEvent } from '../message/message.ts';
import type { ValidCommand } from './command.ts';
import type { Decided, Tip } from './decide.ts';

/** What a command has led to. */
export interface Executed<State = unknown> {
  /** The aggregate's version afterwards. */
  readonly version: number;
  /** A reader that has reached this position has seen the events. */
  readonly position: bigint;
  /** Empty when the command changed nothing; the first events when it was sent before. */
  readonly events: readonly Event[];
  readonly state: State;
}

/** A command that waits for its answer. */
export interface Pending<State> {
  readonly command: ValidCommand;
  /** The how-many-th of its mailbox. */
  readonly arrival: number;
  /** How often it was decided in vain. */
  attempts: number;
  /** Whether it needs an append of its own, because one that it shared was refused for good. */
  alone: boolean;
  answered: boolean;
  /** The version up to which the stream was read for the command's id. */
  lookedUpTo: number;
  /** Why its last append failed. */
  failure?: unknown;
  /** An append that may or may not have taken effect, at the version that it expected. */
  unknown?: { readonly error: unknown; readonly version: number } | undefined;
  readonly resolve: (executed: Executed<State>) => void;
  readonly reject: (error: unknown) => void;
}

/** A command and what it came to. */
export interface Entry<State> {
  readonly pending: Pending<State>;
  readonly decided: Decided<State>;
  /** What the aggregate is after it. */
  readonly tip: Tip<State>;
}

/** How much one append may hold. */
export interface BatchLimits {
  readonly commands: number;
  readonly bytes: number;
}

/** Commands that were decided one after the other, on a state that was committed or about to be, and go into one append. */
export class Batch<State> {
  readonly base: Tip<State>;
  readonly entries: Entry<State>[] = [];
  readonly events: Event[] = [];
  readonly #limits: BatchLimits;
  readonly #repeatable = new Set<string>();
  #bytes = 0;
  #full = false;

  constructor(base: Tip<State>, limits: BatchLimits) {
    this.base = base;
    this.#limits = limits;
  }

  /** What the aggregate is once the batch is committed. */
  get tip(): Tip<State> {
    return this.entries.at(-1)?.tip ?? this.base;
  }

  /** Whether this command has to wait for another batch. */
  isFullFor({ alone }: Pending<State>): boolean {
    return this.#full || (alone && this.entries.length > 0) || this.entries[0]?.pending.alone === true;
  }

  has(commandId: string): boolean {
    return this.#repeatable.has(commandId);
  }

  /** Takes a decision in; not where it would be too much, unless it is the first one. */
  add(pending: Pending<State>, decided: Decided<State>): boolean {
    const { command } = pending;
    if (decided.kind === 'events') {
      if (this.events.length > 0 && this.#bytes + decided.bytes > this.#limits.bytes) {
        this.#full = true;
        return false;
      }
      this.#bytes += decided.bytes;
      for (const event of decided.events) this.events.push(event);
    }
    if (command.repeatable) this.#repeatable.add(command.metadata.id);
    this.entries.push({ pending, decided, tip: decided.kind === 'events' ? decided.tip : this.tip });
    this.#full = this.entries.length >= this.#limits.commands;
    return true;
  }

  /** Answers everybody, in order, once all that is in it is committed. */
  answer(position: bigint): void {
    for (const entry of this.entries) answer(entry, position);
  }

  /** Whether the event that follows the base in the stream is this batch's own: then all of it was committed. */
  wrote({ metadata }: RecordedEvent): boolean {
    const own = this.events[0]?.metadata;
    return own !== undefined && own.id === metadata.id && own.causationId === metadata.causationId;
  }
}

/** Tells the sender what became of a command, unless that was done before. */
export function answer<State>({ pending, decided, tip }: Entry<State>, position: bigint): void {
  if (decided.kind === 'refused') refuse(pending, decided.error);
  else accept(pending, { ...tip, position, events: decided.kind === 'events' ? decided.events : [] });
}

/** Answers a command, unless that was done before. */
export function accept<State>(pending: Pending<State>, executed: Executed<State>): void {
  if (pending.answered) return;
  pending.answered = true;
  pending.resolve(executed);
}

/** Refuses a command, unless it was answered before. */
export function refuse<State>(pending: Pending<State>, error: unknown): void {
  if (pending.answered) return;
  pending.answered = true;
  pending.reject(error);
}
