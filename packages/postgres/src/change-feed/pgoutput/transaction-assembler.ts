import { type ChangeTransaction, type RowChange, Terminal } from '@banyan/runtime';
import { MessageReader } from './message-reader.ts';
import { decodeRelation, type Relation } from './relation.ts';
import { decodeDelete, decodeInsert, decodeTruncate, decodeUpdate } from './row-change.ts';

/** Microseconds between the epochs of Unix and of PostgreSQL (2000-01-01). */
const EPOCH_US = 946_684_800_000_000n;

const type = {
  begin: 0x42,
  commit: 0x43,
  relation: 0x52,
  insert: 0x49,
  update: 0x55,
  delete: 0x44,
  truncate: 0x54,
};

/** Puts the messages of the log together to transactions. One that is too large to be held ends with an error. */
export class TransactionAssembler {
  readonly #limit: number;
  readonly #relations = new Map<number, Relation>();
  #changes: RowChange[] = [];
  #bytes = 0;
  #open = false;

  /** @param limit Bytes of messages that one transaction may have. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a transaction has begun whose end was not seen yet. */
  get open(): boolean {
    return this.#open;
  }

  /** Takes one message, beginning at `offset`; returns the transaction that it completes, if it does. */
  take(buffer: Buffer, offset: number): ChangeTransaction | undefined {
    const body = offset + 1;
    switch (buffer[offset]) {
      case type.begin:
        this.#changes = [];
        this.#bytes = 0;
        this.#open = true;
        return;
      case type.commit:
        this.#open = false;
        return this.#commit(buffer, body);
      case type.relation: {
        const relation = decodeRelation(buffer, body);
        this.#relations.set(relation.id, relation);
        return;
      }
      case type.insert:
        return this.#add(buffer.length, decodeInsert(buffer, body, this.#relations));
      case type.update:
        return this.#add(buffer.length, decodeUpdate(buffer, body, this.#relations));
      case type.delete:
        return this.#add(buffer.length, decodeDelete(buffer, body, this.#relations));
      case type.truncate:
        for (const change of decodeTruncate(buffer, body, this.#relations)) this.#add(buffer.length, change);
        return;
      default:
        // Types, origins and messages carry no rows.
        return;
    }
  }

  #add(bytes: number, change: RowChange): undefined {
    this.#bytes += bytes;
    if (this.#bytes > this.#limit) {
      throw new Terminal(
        'transaction-too-large',
        `A transaction of the source is larger than ${this.#limit} bytes. Raise maxTransactionBytes, or have the ` +
          'source commit its work in smaller parts.',
      );
    }
    this.#changes.push(change);
  }

  #commit(buffer: Buffer, offset: number): ChangeTransaction {
    const reader = new MessageReader(buffer, offset);
    reader.skip(9);
    const position = reader.uint64();
    const committedAt = new Date(Number((reader.uint64() + EPOCH_US) / 1000n));
    const changes = this.#changes;
    this.#changes = [];
    return { kind: 'transaction', position, committedAt, changes };
  }
}
