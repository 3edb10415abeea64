import type { Writable } from 'node:stream';
import type { FinishedRequest } from './finished-request.ts';

/** Lines are gathered up to here, or for this long. */
const batchBytes = 65_536;
const batchMs = 100;

/**
 * Writes a line of JSON for each request. It never makes a request wait: lines that the other side does not take are kept up
 * to a limit, and then left out; how many is in the next line that goes out.
 */
export class AccessLog {
  readonly #out: Writable;
  readonly #maxBytes: number;
  #lines = '';
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: Writable, maxBytes: number) {
    this.#out = out;
    this.#maxBytes = maxBytes;
    // Nobody reads it any more: the proxy goes on.
    out.on('error', () => undefined);
  }

  /** Adds a line. */
  add(request: FinishedRequest): void {
    if (this.#lines.length >= this.#maxBytes) {
      this.#dropped++;
      return;
    }
    const { at, ...rest } = request;
    const dropped = this.#dropped === 0 ? {} : { dropped: this.#dropped };
    this.#dropped = 0;
    this.#lines += `${JSON.stringify({ at: at.toISOString(), ...rest, ...dropped })}\n`;
    if (this.#lines.length >= batchBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), batchMs).unref();
  }

  /** Hands over what was gathered, unless the other side has yet to take what it was given. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === '' || this.#out.destroyed) return;
    if (this.#out.writableNeedDrain) {
      this.#timer = setTimeout(() => this.flush(), batchMs).unref();
      return;
    }
    this.#out.write(this.#lines);
    this.#lines = '';
  }

  /** Resolves when the other side has all that was gathered, or takes no more. Nothing may be added after that. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#lines !== '' && !this.#out.destroyed) {
      await new Promise<void>((resolve) => this.#out.write(this.#lines, () => resolve()));
    }
    this.#lines = '';
  }
}
