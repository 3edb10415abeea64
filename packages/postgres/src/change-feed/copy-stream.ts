/** Hears one message of copied data: the bytes from `start` to before `end`, good only until it returns. */
export type OnCopyData = (buffer: Buffer, start: number, end: number) => void;

const COPY_DATA = 0x64;
/** A type byte and four bytes of length, which count themselves. */
const HEADER = 5;

/**
 * Cuts what the server sends into messages. Copied data is told in place, without an object per message; other messages are
 * handed on whole.
 */
export class CopyStream {
  readonly #onData: OnCopyData;
  readonly #onOther: (message: Buffer) => void;
  /** Pieces of a message that is not complete, and the bytes that are wanted before it is looked at again. */
  #pieces: Buffer[] = [];
  #length = 0;
  #wanted = 0;

  constructor(onData: OnCopyData, onOther: (message: Buffer) => void) {
    this.#onData = onData;
    this.#onOther = onOther;
  }

  take(chunk: Buffer): void {
    if (this.#length === 0) {
      this.#cut(chunk);
      return;
    }
    this.#pieces.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#wanted) return;
    const whole = Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [];
    this.#length = 0;
    this.#cut(whole);
  }

  #cut(buffer: Buffer): void {
    let start = 0;
    let wanted = HEADER;
    while (buffer.length - start >= HEADER) {
      wanted = 1 + buffer.readUInt32BE(start + 1);
      const end = start + wanted;
      if (end > buffer.length) break;
      if (buffer[start] === COPY_DATA) this.#onData(buffer, start + HEADER, end);
      else this.#onOther(buffer.subarray(start, end));
      start = end;
      wanted = HEADER;
    }
    if (start === buffer.length) return;
    this.#pieces = [buffer.subarray(start)];
    this.#length = buffer.length - start;
    this.#wanted = wanted;
  }
}
