import type { InMemoryTransaction } from '../subscription/in-memory-checkpoint-store.ts';
import { systemTiming, type Timing } from '../timing/timing.ts';
import {
  type DeadLetter,
  type DeadLetterPage,
  type DeadLetterStore,
  defaultDeadLetterLimit,
  type NewDeadLetter,
} from './dead-letter.ts';
import { deadLettersFull, reasonOf } from './dead-letters-full.ts';

/** Dead letters in the memory of one process, beside `InMemoryCheckpointStore`. */
export class InMemoryDeadLetterStore implements DeadLetterStore<InMemoryTransaction> {
  readonly #letters = new Map<string, Map<bigint, DeadLetter>>();
  readonly #limit: number;
  readonly #timing: Pick<Timing, 'now'>;

  constructor(options: { readonly limit?: number; readonly timing?: Pick<Timing, 'now'> } = {}) {
    this.#limit = options.limit ?? defaultDeadLetterLimit;
    this.#timing = options.timing ?? systemTiming;
  }

  async add(tx: InMemoryTransaction, letter: NewDeadLetter): Promise<void> {
    const letters = this.#of(letter.subscription);
    if (letters.size >= this.#limit && !letters.has(letter.position))
      throw deadLettersFull(letter.subscription, this.#limit);
    const kept = { ...letter, reason: reasonOf(letter.reason), at: this.#now(), redriveWanted: false };
    tx.onCommit(() => letters.set(letter.position, kept));
  }

  async remove(tx: InMemoryTransaction, subscription: string, position?: bigint): Promise<number> {
    const letters = this.#of(subscription);
    const there = [...letters.keys()].filter((at) => position === undefined || at === position);
    tx.onCommit(() => {
      for (const at of there) letters.delete(at);
    });
    return there.length;
  }

  async list(subscription: string, page: DeadLetterPage = {}): Promise<readonly DeadLetter[]> {
    const { after = 0n, limit = 100, redriveWanted = false } = page;
    return [...this.#of(subscription).values()]
      .filter((letter) => letter.position > after && (!redriveWanted || letter.redriveWanted))
      .sort((a, b) => (a.position < b.position ? -1 : 1))
      .slice(0, limit);
  }

  async count(subscription: string): Promise<number> {
    return this.#of(subscription).size;
  }

  async wantRedrive(subscription: string, position?: bigint): Promise<number> {
    const letters = this.#of(subscription);
    const wanted = [...letters.values()].filter(
      (letter) => position === undefined || letter.position === position,
    );
    for (const letter of wanted) letters.set(letter.position, { ...letter, redriveWanted: true });
    return wanted.length;
  }

  async failedAgain(
    subscription: string,
    position: bigint,
    { code, message }: { readonly code: string; readonly message: string },
  ): Promise<void> {
    const letters = this.#of(subscription);
    const letter = letters.get(position);
    if (letter === undefined) return;
    const attempts = letter.attempts + 1;
    const reason = reasonOf(message);
    letters.set(position, { ...letter, code, reason, attempts, at: this.#now(), redriveWanted: false });
  }

  #now(): Date {
    return new Date(this.#timing.now());
  }

  #of(subscription: string): Map<bigint, DeadLetter> {
    const found = this.#letters.get(subscription) ?? new Map<bigint, DeadLetter>();
    this.#letters.set(subscription, found);
    return found;
  }
}
