import { type ChangeTransaction, type RowChange, Terminal } from '@banyan/runtime';
import { MessageReader } from './message-reader.ts';
import { decodeRelation, type Relation } from './relation.ts';
import { decodeDelete, decodeInsert, decodeTruncate, decodeUpdate } from './row-change.ts';

/** Microseconds between the epochs of Unix and of PostgreSQL (2000-01-01). */
const EPOCH_US = 946_684_800_000_000n;
/** What a change takes in memory beside its values, about. */
const CHANGE_BYTES = 100;

const type = {
  begin: 0x42,
  commit: 0x43,
  relation: 0x52,
  insert: 0x49,
  update: 0x55,
  delete: 0x44,
  truncate: 0x54,
};

/** What an assembler is told. */
export interface AssemblerOptions {
  /** Bytes that one transaction may have. */
  readonly limit: number;
  /** Hears of every table before its changes; what it throws ends the reading. */
  readonly onRelation?: (relation: Relation) => void;
}

/** Puts the messages of the log together to transactions. One that is too large to be held ends with an error. */
export class TransactionAssembler {
  readonly #options: AssemblerOptions;
  readonly #relations = new Map<number, Relation>();
  readonly #reader = new MessageReader();
  #changes: RowChange[] = [];
  #bytes = 0;
  #open = false;

  constructor(options: AssemblerOptions) {
    this.#options = options;
  }

  /** Whether a transaction has begun whose end was not seen yet. */
  get open(): boolean {
    return this.#open;
  }

  /** Bytes of the transaction that was seen last. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the message from `start` to before `end`; returns the transaction that it completes, if it does. */
  take(buffer: Buffer, start: number, end: number): ChangeTransaction | undefined {
    const reader = this.#reader.at(buffer, start + 1);
    switch (buffer[start]) {
      case type.begin:
        this.#changes = [];
        this.#bytes = 0;
        this.#open = true;
        return;
      case type.commit:
        this.#open = false;
        return this.#commit(reader);
      case type.relation:
        return this.#describe(decodeRelation(reader));
      case type.insert:
        return this.#add(end - start, decodeInsert(reader, this.#relations));
      case type.update:
        return this.#add(end - start, decodeUpdate(reader, this.#relations));
      case type.delete:
        return this.#add(end - start, decodeDelete(reader, this.#relations));
      case type.truncate:
        for (const change of decodeTruncate(reader, this.#relations)) this.#add(0, change);
        return;
      default:
        // Types, origins and messages carry no rows.
        return;
    }
  }

  #describe(relation: Relation): undefined {
    this.#options.onRelation?.(relation);
    this.#relations.set(relation.id, relation);
  }

  #add(bytes: number, change: RowChange): undefined {
    this.#bytes += bytes + CHANGE_BYTES;
    const { limit } = this.#options;
    if (this.#bytes > limit) {
      throw new Terminal(
        'transaction-too-large',
        `A transaction of the source is larger than ${limit} bytes. Raise maxTransactionBytes, or have the ` +
          'source commit its work in smaller parts and reset the subscription.',
      );
    }
    this.#changes.push(change);
  }

  #commit(reader: MessageReader): ChangeTransaction {
    reader.skip(9);
    const position = reader.uint64();
    const committedAt = new Date(Number((reader.uint64() + EPOCH_US) / 1000n));
    const changes = this.#changes;
    this.#changes = [];
    return { kind: 'transaction', position, committedAt, changes };
  }
}
