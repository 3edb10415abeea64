import type { BodyReader } from '../wire/body-reader.ts';
import { RequestRefused } from '../wire/request-refused.ts';
import type { BodySink, BodySource } from './client-stream.ts';

const nowhere: BodySink = { data: () => true, end: () => undefined };

/** What a client sends after the head of a request of HTTP/1.x. */
export class UploadSource implements BodySource {
  readonly length: number | undefined;
  readonly #reader: BodyReader;
  readonly #maxBytes: number;
  readonly #wanted: () => void;
  #sink: BodySink | undefined;
  #paused = false;
  #bytes = 0;
  #ended = false;

  /** `wanted` is called when bytes are wanted that were not before. */
  constructor(reader: BodyReader, length: number | undefined, maxBytes: number, wanted: () => void) {
    this.#reader = reader;
    this.length = length;
    this.#maxBytes = maxBytes;
    this.#wanted = wanted;
  }

  /** Whether all of it has come. */
  get done(): boolean {
    return this.#ended;
  }

  /** Whether some of it has come. */
  get begun(): boolean {
    return this.#bytes > 0 || this.#ended;
  }

  /** Whether somebody takes it now. */
  get flowing(): boolean {
    return this.#sink !== undefined && !this.#paused;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#paused = false;
    this.#wanted();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#wanted();
  }

  discard(): void {
    if (this.#sink !== nowhere) this.start(nowhere);
  }

  /**
   * Takes bytes of the connection; returns how many were of this body.
   *
   * @throws Malformed, RequestRefused
   */
  take(bytes: Buffer): number {
    const used = this.#reader.read(bytes, this);
    if (this.#reader.done) {
      this.#ended = true;
      this.#sink!.end(this.#reader.trailers?.pairs);
    }
    return used;
  }

  piece(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes)
      throw new RequestRefused(
        413,
        `The body is longer than allowed (limit \`requestBytes\`: ${this.#maxBytes}).`,
      );
    if (!this.#sink!.data(bytes)) this.#paused = true;
  }
}
