import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

type Listener = (...args: never[]) => void;

/**
 * The client's upload as the HTTP client reads it. It lends the request's events and flow control, but destroying it
 * only reads the rest away: the client can still be answered on its connection, which destroying the request itself
 * would make impossible.
 */
class RequestBody {
  /** Read by undici: the stream takes care of itself at its end. */
  readonly _readableState = { autoDestroy: true };
  destroyed = false;
  readonly #req: IncomingMessage;

  constructor(req: IncomingMessage) {
    this.#req = req;
  }

  on(event: string, listener: Listener): this {
    this.#req.on(event, listener as () => void);
    return this;
  }

  removeListener(event: string, listener: Listener): this {
    this.#req.removeListener(event, listener as () => void);
    return this;
  }

  off(event: string, listener: Listener): this {
    return this.removeListener(event, listener);
  }

  pause(): void {
    this.#req.pause();
  }

  resume(): void {
    this.#req.resume();
  }

  /** By its presence undici knows a stream; it never calls it. */
  pipe(): never {
    throw new Error('A request body is read by events.');
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#req.resume();
  }
}

/** Whether a request has a body, by its framing. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** The body of a request for undici, which only uses what `RequestBody` offers of a stream. */
export function requestBody(req: IncomingMessage): Readable {
  return new RequestBody(req) as unknown as Readable;
}
