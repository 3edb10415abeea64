import { ChunkedBody } from './chunked-body.ts';
import type { Fields } from './fields.ts';
import type { Framing } from './framing.ts';

/** Who takes a body as it comes. The pieces are views of the bytes that were read. */
export interface BodyTaker {
  piece(bytes: Buffer): void;
}

/** Finds the end of a body in the bytes of a connection. */
export interface BodyReader {
  /** Whether the body is whole. */
  readonly done: boolean;
  /** Fields after the body, where there were some. */
  readonly trailers: Fields | undefined;
  /**
   * Takes bytes, hands those of the body to the taker, and returns how many belonged to the body.
   *
   * @throws Malformed
   */
  read(bytes: Buffer, taker: BodyTaker): number;
  /** The connection has ended. Returns whether the body is whole by that. */
  end(): boolean;
}

/** The reader for a body; undefined where there is none. */
export function bodyReader(framing: Framing, maxTrailerBytes: number): BodyReader | undefined {
  if (framing === 0) return undefined;
  if (framing === 'chunked') return new ChunkedBody(maxTrailerBytes);
  return framing === 'close' ? new BodyUntilClose() : new SizedBody(framing);
}

class SizedBody implements BodyReader {
  readonly trailers = undefined;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get done(): boolean {
    return this.#left === 0;
  }

  read(bytes: Buffer, taker: BodyTaker): number {
    const used = Math.min(this.#left, bytes.length);
    this.#left -= used;
    if (used > 0) taker.piece(used === bytes.length ? bytes : bytes.subarray(0, used));
    return used;
  }

  end(): boolean {
    return this.done;
  }
}

class BodyUntilClose implements BodyReader {
  readonly trailers = undefined;
  done = false;

  read(bytes: Buffer, taker: BodyTaker): number {
    taker.piece(bytes);
    return bytes.length;
  }

  end(): boolean {
    this.done = true;
    return true;
  }
}
