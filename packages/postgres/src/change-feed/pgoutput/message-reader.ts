/** Reads the fields of messages of the replication protocol, in order. One reader serves for message after message. */
export class MessageReader {
  #buffer: Buffer;
  #offset: number;

  constructor(buffer: Buffer = Buffer.alloc(0), offset = 0) {
    this.#buffer = buffer;
    this.#offset = offset;
  }

  /** Goes to a message. */
  at(buffer: Buffer, offset: number): this {
    this.#buffer = buffer;
    this.#offset = offset;
    return this;
  }

  uint8(): number {
    return this.#buffer[this.#offset++]!;
  }

  int16(): number {
    const value = this.#buffer.readInt16BE(this.#offset);
    this.#offset += 2;
    return value;
  }

  int32(): number {
    const value = this.#buffer.readInt32BE(this.#offset);
    this.#offset += 4;
    return value;
  }

  uint32(): number {
    const value = this.#buffer.readUInt32BE(this.#offset);
    this.#offset += 4;
    return value;
  }

  uint64(): bigint {
    const value = this.#buffer.readBigUInt64BE(this.#offset);
    this.#offset += 8;
    return value;
  }

  /** Text of a known length in bytes. */
  text(length: number): string {
    const start = this.#offset;
    this.#offset += length;
    return this.#buffer.toString('utf8', start, this.#offset);
  }

  /** Text up to a zero byte. */
  string(): string {
    const end = this.#buffer.indexOf(0, this.#offset);
    const value = this.#buffer.toString('utf8', this.#offset, end);
    this.#offset = end + 1;
    return value;
  }

  skip(bytes: number): void {
    this.#offset += bytes;
  }
}
