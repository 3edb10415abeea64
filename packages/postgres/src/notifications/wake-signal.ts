/** Wakes one reader. Notifications may get lost with a connection, so readers look for themselves after each wait. */
export class WakeSignal {
  #pending = false;
  #resume: (() => void) | undefined;

  /** Something may have happened. */
  wake(): void {
    this.#pending = true;
    this.#resume?.();
  }

  /**
   * Resolves at once if a wake came since the last call returned, else at the next one, after `timeoutMs`, or when the signal
   * aborts; never rejects.
   */
  async next(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#pending && !signal?.aborted) await this.#wait(timeoutMs, signal);
    this.#pending = false;
  }

  #wait(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        this.#resume = undefined;
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      signal?.addEventListener('abort', end, { once: true });
      this.#resume = end;
    });
  }
}
