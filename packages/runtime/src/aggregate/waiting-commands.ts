import { Unavailable } from '../errors/errors.ts';
import { type Executed, type Pending, refuse } from './batch.ts';
import type { ValidCommand } from './command.ts';

/** The commands of a mailbox that are still to be decided, or to be decided again, in order. */
export class WaitingCommands<State> {
  readonly #streamId: string;
  readonly #limit: number;
  #pendings: Pending<State>[] = [];
  #arrivals = 0;
  /** Those that run are among them. */
  #unanswered = 0;

  constructor(streamId: string, limit: number) {
    this.#streamId = streamId;
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#pendings.length === 0;
  }

  get first(): Pending<State> | undefined {
    return this.#pendings[0];
  }

  /** How many commands have ever come. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /** Whether one is among them whose sender gave it its id. */
  get someRepeatable(): boolean {
    return this.#pendings.some(({ command }) => command.repeatable);
  }

  get mostAttempts(): number {
    return this.#pendings.reduce((most, { attempts }) => Math.max(most, attempts), 0);
  }

  /** Rejects with Unavailable `mailbox-full` when too many wait or run already. */
  add(command: ValidCommand): Promise<Executed<State>> {
    if (this.#unanswered >= this.#limit) return Promise.reject(full(this.#streamId, this.#limit));
    this.#unanswered += 1;
    this.#arrivals += 1;
    return new Promise((resolve, reject) => {
      this.#pendings.push({
        command,
        arrival: this.#arrivals,
        attempts: 0,
        alone: false,
        answered: false,
        lookedUpTo: -1,
        resolve: (executed) => {
          this.#unanswered -= 1;
          resolve(executed);
        },
        reject: (error) => {
          this.#unanswered -= 1;
          reject(error);
        },
      });
    });
  }

  /** The first one was decided. */
  dropFirst(): void {
    this.#pendings.shift();
  }

  /** What was decided in vain comes before all others. */
  putBack(entries: readonly { readonly pending: Pending<State> }[]): void {
    this.#pendings = [...entries.map(({ pending }) => pending), ...this.#pendings];
  }

  /** What the commands have led to is known by now. */
  forgetUnknown(): void {
    for (const pending of this.#pendings) pending.unknown = undefined;
    this.dropAnswered();
  }

  dropAnswered(): void {
    this.#pendings = this.#pendings.filter(({ answered }) => !answered);
  }

  countAttempt(error: unknown): void {
    countAttempt(this.#pendings, error);
  }

  /** Refuses those that were decided in vain more than so often. */
  refuseExhausted(retries: number): void {
    for (const pending of this.#pendings)
      if (pending.attempts > retries) refuse(pending, pending.unknown?.error ?? pending.failure);
    this.dropAnswered();
  }

  refuseAll(error: unknown): void {
    for (const pending of this.#pendings.splice(0)) refuse(pending, pending.unknown?.error ?? error);
  }
}

export function countAttempt<State>(pendings: readonly Pending<State>[], error: unknown): void {
  for (const pending of pendings) {
    pending.attempts += 1;
    pending.failure = error;
  }
}

function full(streamId: string, limit: number): Unavailable {
  return new Unavailable(
    'mailbox-full',
    `${limit} commands already wait for ${streamId}; send it again later.`,
    { details: { id: streamId, limit } },
  );
}
