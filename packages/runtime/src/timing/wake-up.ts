/** Lets any number of waiters sleep until something happens. */
export class WakeUp {
  readonly #waiters = new Set<() => void>();

  /** Wakes everyone who waits now. */
  wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  /** Resolves at the next `wake`, after `timeoutMs`, or when the signal aborts; never rejects. */
  wait(options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<void> {
    const { timeoutMs, signal } = options;
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        this.#waiters.delete(end);
        resolve();
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
      signal?.addEventListener('abort', end, { once: true });
      this.#waiters.add(end);
    });
  }
}
