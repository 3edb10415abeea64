import type { Attempt } from './attempt.ts';

/** Those that wait for a connection, in the order in which they came; any of them may leave. Nothing is searched or copied. */
export class WaitingLine {
  #first: Attempt | undefined;
  #last: Attempt | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Attempt | undefined {
    return this.#first;
  }

  /** Puts one at the end that waits nowhere yet. */
  add(attempt: Attempt): void {
    attempt.before = this.#last;
    if (this.#last === undefined) this.#first = attempt;
    else this.#last.behind = attempt;
    this.#last = attempt;
    attempt.waiting = true;
    this.#size++;
  }

  /** Takes one out, wherever it stands; one that does not wait here is left as it is. */
  remove(attempt: Attempt): void {
    if (!attempt.waiting) return;
    const { before, behind } = attempt;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    attempt.before = undefined;
    attempt.behind = undefined;
    attempt.waiting = false;
    this.#size--;
  }
}
