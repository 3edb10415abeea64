/** Something that must happen by a time. */
export interface TimeOut {
  /** It has happened. */
  clear(): void;
}

class Pending implements TimeOut {
  readonly at: number;
  due: (() => void) | undefined;

  constructor(at: number, due: () => void) {
    this.at = at;
    this.due = due;
  }

  clear(): void {
    this.due = undefined;
  }
}

/**
 * Time-outs of one and the same length, behind one timer: most are cleared long before they are due, and beginning and
 * clearing one then costs next to nothing. What is cleared is forgotten at the latest when it would have been due.
 */
export class TimeOuts {
  readonly #ms: number;
  readonly #expire = () => this.#fired();
  #pending: Pending[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Milliseconds. */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Calls `due` when the time is over, unless it is cleared before. */
  begin(due: () => void): TimeOut {
    const pending = new Pending(performance.now() + this.#ms, due);
    this.#forget();
    this.#pending.push(pending);
    this.#timer ??= this.#arm(this.#ms);
    return pending;
  }

  /** Forgets those at the front that are over; the room they took is given back when it is more than half of all. */
  #forget(): void {
    while (this.#first < this.#pending.length && this.#pending[this.#first]!.due === undefined) this.#first++;
    if (this.#first < 32 || this.#first * 2 < this.#pending.length) return;
    this.#pending = this.#pending.slice(this.#first);
    this.#first = 0;
  }

  #arm(ms: number): NodeJS.Timeout {
    // Where this process itself stood still, what it waits for may have come: it is looked at first.
    return setTimeout(() => setImmediate(this.#expire), Math.max(1, ms)).unref();
  }

  #fired(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (;;) {
      this.#forget();
      const next = this.#pending[this.#first];
      if (next === undefined) return;
      if (next.at > now) {
        this.#timer ??= this.#arm(next.at - now);
        return;
      }
      const { due } = next;
      next.clear();
      due?.();
    }
  }
}
