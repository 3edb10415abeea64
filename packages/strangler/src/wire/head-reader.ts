import { Malformed } from './malformed.ts';

/** A head is longer than allowed. */
export class HeadTooLong extends Error {}

/** A head, and how many of the bytes that were given last belong to it. */
interface Head {
  /** With the CRLF of its last line, without the empty line. */
  readonly text: string;
  readonly used: number;
}

const emptyLine = '\r\n\r\n';
const carriageReturn = 13;
const lineFeed = 10;

/** Gathers the head of a message from the pieces in which it comes, up to a limit. */
export class HeadReader {
  readonly #maxBytes: number;
  #kept: Buffer | undefined;
  #keptBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether some of a head has come, but not all. */
  get begun(): boolean {
    return this.#keptBytes > 0;
  }

  /**
   * Takes the next bytes; undefined where more must come. Empty lines before a head are left out (RFC 9112, 2.2).
   *
   * @throws HeadTooLong
   * @throws Malformed where a line ends without CR, so that nobody waits for an end that can't come.
   */
  read(piece: Buffer): Head | undefined {
    const before = this.#keptBytes;
    const bytes = before === 0 ? piece : this.#keep(piece);
    const start = afterEmptyLines(bytes);
    const end = bytes.indexOf(emptyLine, Math.max(start, before - 3), 'latin1');
    if ((end === -1 ? bytes.length : end + 4) - start > this.#maxBytes) throw new HeadTooLong();
    if (end === -1) {
      if (hasBareLineFeed(bytes, before)) throw new Malformed('a line end that is not CRLF');
      if (before === 0) this.#keep(bytes.subarray(start));
      return undefined;
    }
    this.#keptBytes = 0;
    this.#kept = undefined;
    return { text: bytes.toString('latin1', start, end + 2), used: end + 4 - before };
  }

  /** Adds a copy, for the bytes may be those of a buffer that is read into again; gives all that is kept. */
  #keep(piece: Buffer): Buffer {
    const wanted = this.#keptBytes + piece.length;
    if (this.#kept === undefined || this.#kept.length < wanted) {
      // Room for more, so that a head that comes byte by byte is not copied as often.
      const roomy = Buffer.allocUnsafe(2 * wanted);
      this.#kept?.copy(roomy, 0, 0, this.#keptBytes);
      this.#kept = roomy;
    }
    piece.copy(this.#kept, this.#keptBytes);
    this.#keptBytes = wanted;
    return this.#kept.subarray(0, wanted);
  }
}

function afterEmptyLines(bytes: Buffer): number {
  let start = 0;
  while (bytes[start] === carriageReturn && bytes[start + 1] === lineFeed) start += 2;
  return start;
}

function hasBareLineFeed(bytes: Buffer, from: number): boolean {
  for (let at = bytes.indexOf(lineFeed, from); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at - 1] !== carriageReturn) return true;
  }
  return false;
}
