import type { BodyReader, BodyTaker } from './body-reader.ts';
import { checkLines, type Fields, readFields } from './fields.ts';
import { Malformed } from './malformed.ts';

const carriageReturn = 13;
const lineFeed = 10;
/** A size with extensions (RFC 9112, 7.1.1); those mean nothing here, but must be clean and without blanks. */
const sizeLine =
  /^([0-9A-Fa-f]{1,12})(?:;[!#$%&'*+\-.^_`|~\w]+(?:=(?:[!#$%&'*+\-.^_`|~\w]+|"(?:[\t !#-[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*$/;
/** More than any size with an extension that means something. */
const maxLineBytes = 256;

/** Takes a body of chunks apart, with its trailers. Stricter than most: line ends are CRLF and nothing else. */
export class ChunkedBody implements BodyReader {
  readonly #maxTrailerBytes: number;
  #state: 'size' | 'data' | 'after-data' | 'trailers' | 'done' = 'size';
  #line = '';
  #left = 0;
  #trailerText = '';
  trailers: Fields | undefined;

  constructor(maxTrailerBytes: number) {
    this.#maxTrailerBytes = maxTrailerBytes;
  }

  get done(): boolean {
    return this.#state === 'done';
  }

  read(bytes: Buffer, taker: BodyTaker): number {
    let at = 0;
    while (at < bytes.length && this.#state !== 'done') {
      at = this.#state === 'data' ? this.#readData(bytes, at, taker) : this.#readLine(bytes, at);
    }
    return at;
  }

  end(): boolean {
    return this.done;
  }

  #readData(bytes: Buffer, at: number, taker: BodyTaker): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'after-data';
    taker.piece(bytes.subarray(at, end));
    return end;
  }

  #readLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(lineFeed, at);
    const end = feed === -1 ? bytes.length : feed + 1;
    const limit = this.#state === 'trailers' ? this.#maxTrailerBytes : maxLineBytes;
    if (this.#line.length + this.#trailerText.length + end - at > limit)
      throw new Malformed('a chunk with a line that is too long');
    this.#line += bytes.toString('latin1', at, end);
    if (feed === -1) return end;
    if (this.#line.charCodeAt(this.#line.length - 2) !== carriageReturn)
      throw new Malformed('a chunk with a line end that is not CRLF');
    const line = this.#line.slice(0, -2);
    this.#line = '';
    this.#take(line);
    return end;
  }

  #take(line: string): void {
    if (this.#state === 'size') this.#begin(line);
    else if (this.#state === 'trailers') this.#takeTrailer(line);
    else if (line === '') this.#state = 'size';
    else throw new Malformed('a chunk that is longer than it says');
  }

  #begin(line: string): void {
    const size = sizeLine.exec(line);
    if (size === null) throw new Malformed('a chunk without a size');
    this.#left = Number.parseInt(size[1]!, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'data';
  }

  #takeTrailer(line: string): void {
    if (line !== '') {
      this.#trailerText += `${line}\r\n`;
      return;
    }
    if (this.#trailerText !== '') {
      checkLines(this.#trailerText);
      this.trailers = readFields(this.#trailerText, 0);
    }
    this.#state = 'done';
  }
}
