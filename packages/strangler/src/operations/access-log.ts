import type { Writable } from 'node:stream';
import type { ProxyLog } from '../proxy-log.ts';
import type { FinishedRequest } from './finished-request.ts';

/** Lines are gathered up to here, or for this long. */
const batchBytes = 65_536;
const batchMs = 100;

/** What an access log does where its lines can't be written. */
export interface AccessLogOptions {
  /** Opens the place of the lines anew; called once in a while after a failure. Without it the log ends with the first one. */
  readonly reopen?: () => Writable;
  /** How long after a failure, in milliseconds. Default 1,000. */
  readonly reopenMs?: number;
  /** Is told once where lines can't be written (`access-log-broken`), and when they can be again (`access-log-mended`). */
  readonly log?: ProxyLog;
}

/**
 * Writes a line of JSON for each request. It never makes a request wait: lines that the other side does not take are kept up
 * to a limit, and then left out, as are those of a write that failed; how many is in the next line that goes out.
 */
export class AccessLog {
  readonly #maxBytes: number;
  readonly #options: AccessLogOptions;
  #out: Writable;
  #lines = '';
  #gathered = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #reopening: NodeJS.Timeout | undefined;
  #broken = false;

  constructor(out: Writable, maxBytes: number, options: AccessLogOptions = {}) {
    this.#maxBytes = maxBytes;
    this.#options = options;
    this.#out = out;
    this.#watch(out);
  }

  /** Adds a line. */
  add(request: FinishedRequest): void {
    const forGood = this.#broken && this.#options.reopen === undefined;
    if (forGood || this.#lines.length >= this.#maxBytes) {
      this.#dropped++;
      return;
    }
    const { at, ...rest } = request;
    const dropped = this.#dropped === 0 ? {} : { dropped: this.#dropped };
    this.#dropped = 0;
    this.#lines += `${JSON.stringify({ at: at.toISOString(), ...rest, ...dropped })}\n`;
    this.#gathered += 1 + (dropped.dropped ?? 0);
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
    this.#handOver();
  }

  /** Opens the place of the lines anew, where it can be: somebody has moved the file away, or it could not be written to. */
  reopen(): void {
    clearTimeout(this.#reopening);
    this.#reopening = undefined;
    const before = this.#out;
    try {
      const out = this.#options.reopen?.();
      if (out === undefined) return;
      this.#out = out;
    } catch (cause) {
      this.#failed(cause);
      return;
    }
    this.#watch(this.#out);
    if (!before.destroyed) before.end();
    this.flush();
  }

  /** Resolves when the other side has all that was gathered, or takes no more. Nothing may be added after that. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#broken) this.reopen();
    // Also where nothing is left: what was handed over before is taken first.
    if (!this.#out.destroyed) await new Promise<void>((resolve) => this.#handOver(resolve));
    clearTimeout(this.#reopening);
    this.#reopening = undefined;
  }

  #handOver(then: () => void = () => undefined): void {
    const count = this.#gathered;
    this.#out.write(this.#lines, (error) => {
      if (error) this.#dropped += count;
      else this.#mended();
      then();
    });
    this.#lines = '';
    this.#gathered = 0;
  }

  #watch(out: Writable): void {
    out.on('error', (error) => {
      if (out === this.#out) this.#failed(error);
    });
  }

  /** The proxy goes on, whoever takes the lines or does not. */
  #failed(cause: unknown): void {
    const { reopen, reopenMs = 1_000, log } = this.#options;
    if (reopen !== undefined) this.#reopening ??= setTimeout(() => this.reopen(), reopenMs).unref();
    if (this.#broken) return;
    this.#broken = true;
    const next = reopen === undefined ? 'no more is written' : 'it is tried again until they can be';
    const message = `Lines of the access log can't be written (${(cause as Error).message}): ${next}.`;
    log?.({ level: 'error', event: 'access-log-broken', message });
  }

  #mended(): void {
    if (!this.#broken || this.#out.destroyed) return;
    this.#broken = false;
    const message =
      'The access log is written again; `dropped` in its next line says how many lines it lacks.';
    this.#options.log?.({ level: 'info', event: 'access-log-mended', message });
  }
}
