import type { Writable } from 'node:stream';

/** Up to here it is cheaper to copy pieces together than to hand them over one by one. */
const copyBytes = 16_384;

/** Gathers what is written to a connection in one go, so that it goes out with one call to the system. */
export class Output {
  readonly #socket: Writable;
  readonly #pieces: (string | Buffer)[] = [];
  readonly #flush = () => this.flush();
  #bytes = 0;
  #soon = false;

  constructor(socket: Writable) {
    this.#socket = socket;
  }

  /** Whether the other side must take some of it before more is given. */
  get full(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Adds text of one byte per character, or bytes that nobody changes any more. It goes out soon, or with `flush`. */
  add(piece: string | Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes > copyBytes) this.flush();
    else if (!this.#soon) {
      this.#soon = true;
      queueMicrotask(this.#flush);
    }
  }

  /** Hands over what was gathered. */
  flush(): void {
    const pieces = this.#pieces;
    this.#soon = false;
    if (this.#bytes === 0) return;
    if (pieces.length === 1) {
      const [piece] = pieces;
      if (typeof piece === 'string') this.#socket.write(piece, 'latin1');
      else this.#socket.write(piece);
    } else if (this.#bytes > copyBytes) this.#writeEach();
    else this.#socket.write(this.#joined());
    pieces.length = 0;
    this.#bytes = 0;
  }

  #writeEach(): void {
    this.#socket.cork();
    for (const piece of this.#pieces) {
      if (typeof piece === 'string') this.#socket.write(piece, 'latin1');
      else this.#socket.write(piece);
    }
    this.#socket.uncork();
  }

  #joined(): Buffer {
    const joined = Buffer.allocUnsafe(this.#bytes);
    let at = 0;
    for (const piece of this.#pieces) {
      at += typeof piece === 'string' ? joined.write(piece, at, 'latin1') : piece.copy(joined, at);
    }
    return joined;
  }
}
