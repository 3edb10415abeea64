/** What a timer of Node can wait at most. */
const longestTimer = 2 ** 31 - 1;

/**
 * A moment by which something must have happened. Moving it to a later one, which happens with every piece of a message,
 * touches no timer: the timer looks when it fires and waits for the rest.
 */
export class Deadline {
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  #firesAt = Number.POSITIVE_INFINITY;

  constructor(due: () => void) {
    this.#due = due;
  }

  /** Sets it to some milliseconds from now. */
  set(ms: number): void {
    const now = performance.now();
    this.#at = now + ms;
    if (this.#at < this.#firesAt) this.#arm(now);
  }

  /** Nothing is expected. */
  clear(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** As `clear`, and lets the timer go. */
  close(): void {
    this.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #arm(now: number): void {
    clearTimeout(this.#timer);
    this.#firesAt = this.#at;
    this.#timer = setTimeout(
      () => this.#fired(),
      Math.min(Math.max(1, this.#at - now), longestTimer),
    ).unref();
  }

  #fired(): void {
    this.#timer = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    // Where this process itself stood still, what it waits for may have come: it is looked at first.
    if (this.#at <= now) setImmediate(() => this.#decide());
    else if (this.#at !== Number.POSITIVE_INFINITY) this.#arm(now);
  }

  #decide(): void {
    const now = performance.now();
    if (this.#at <= now) {
      this.clear();
      this.#due();
    } else if (this.#at < this.#firesAt) this.#arm(now);
  }
}
