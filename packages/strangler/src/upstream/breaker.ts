/** Leaves an upstream alone for a while after failures in a row, then lets one request try it. */
export class Breaker {
  readonly #failuresToOpen: number;
  readonly #openMs: number;
  readonly #changed: (open: boolean) => void;
  #failures = 0;
  #openUntil = 0;
  #probing = false;

  constructor(failuresToOpen: number, openMs: number, changed: (open: boolean) => void) {
    this.#failuresToOpen = failuresToOpen;
    this.#openMs = openMs;
    this.#changed = changed;
  }

  /** Whether a request may go to the upstream now. A true must be followed by `succeeded`, `failed` or `unknown`. */
  allows(now: number): boolean {
    if (this.#failures < this.#failuresToOpen) return true;
    if (this.#probing || now < this.#openUntil) return false;
    this.#probing = true;
    return true;
  }

  /** Whether it lets nothing through but a trial. */
  get isOpen(): boolean {
    return this.#failures >= this.#failuresToOpen;
  }

  succeeded(): void {
    const wasOpen = this.#failures >= this.#failuresToOpen;
    this.#failures = 0;
    this.#probing = false;
    if (wasOpen) this.#changed(false);
  }

  failed(now: number): void {
    this.#failures++;
    this.#probing = false;
    if (this.#failures < this.#failuresToOpen) return;
    this.#openUntil = now + this.#openMs;
    if (this.#failures === this.#failuresToOpen) this.#changed(true);
  }

  /** The request ended without telling anything: the client went away. */
  unknown(): void {
    this.#probing = false;
  }
}
