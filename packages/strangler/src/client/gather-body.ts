import type { BodySink, BodySource } from './client-stream.ts';

/**
 * Reads a body to its end and hands it over whole, so that it can be looked at and sent twice; one that is longer than
 * `maxBytes` is handed over as a source that begins with what was read already.
 */
export function gatherBody(
  source: BodySource,
  maxBytes: number,
  done: (body: Buffer | BodySource) => void,
): void {
  if ((source.length ?? 0) > maxBytes) done(source);
  else new Gathering(source, maxBytes, done).start();
}

class Gathering implements BodySink, BodySource {
  readonly length: number | undefined;
  readonly #source: BodySource;
  readonly #maxBytes: number;
  readonly #done: (body: Buffer | BodySource) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #sink: BodySink | undefined;
  #handedOver = false;

  constructor(source: BodySource, maxBytes: number, done: (body: Buffer | BodySource) => void) {
    this.length = source.length;
    this.#source = source;
    this.#maxBytes = maxBytes;
    this.#done = done;
  }

  data(piece: Buffer): boolean {
    if (this.#sink !== undefined) return this.#sink.data(piece);
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes <= this.#maxBytes) return true;
    if (!this.#handedOver) {
      this.#handedOver = true;
      this.#done(this);
    }
    // Whoever takes it now has perhaps begun already.
    return this.#sink !== undefined;
  }

  end(trailers?: readonly string[]): void {
    if (this.#sink !== undefined) this.#sink.end(trailers);
    else this.#done(Buffer.concat(this.#pieces));
  }

  start(sink?: BodySink): void {
    if (sink === undefined) {
      this.#source.start(this);
      return;
    }
    this.#sink = sink;
    const pieces = this.#pieces;
    this.#pieces = [];
    let flowing = true;
    for (const piece of pieces) flowing = sink.data(piece);
    if (flowing) this.#source.resume();
  }

  resume(): void {
    this.#source.resume();
  }

  discard(): void {
    this.#pieces = [];
    this.#source.discard();
  }
}
