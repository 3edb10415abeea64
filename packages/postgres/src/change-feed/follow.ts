import {
  type ChangeEntry,
  type ChangeTransaction,
  type FeedBatch,
  Terminal,
  Unavailable,
} from '@banyan/runtime';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { formatLsn } from './lsn.ts';
import { MessageReader } from './pgoutput/message-reader.ts';
import { TransactionAssembler } from './pgoutput/transaction-assembler.ts';
import { connectionLost, openReplication, type ReplicationConnection } from './replication-connection.ts';

/** What following needs to know. */
export interface FollowOptions {
  readonly url: string;
  readonly slot: string;
  readonly publication: string;
  readonly maxTransactionBytes: number;
}

const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
/** How often the server is told how far we are, and asked how far it is. */
const statusEveryMs = 250;
/** In quiet times a batch without entries says this often that nothing happened. */
const quietEveryMs = 500;
/** Row changes that wait to be taken; beyond it the connection is not read until they are. */
const waitingLimit = 20_000;
/** The epoch of PostgreSQL's clock, in milliseconds. */
const EPOCH_MS = 946_684_800_000;

/** Reads the log through a slot, from a position on: transactions in the order of their commits. */
export class Follower {
  readonly #options: FollowOptions;
  readonly #assembler: TransactionAssembler;
  #connection: ReplicationConnection | undefined;
  #waiting: ChangeTransaction[] = [];
  #waitingChanges = 0;
  #paused = false;
  /** Everything up to here was received. */
  #received: bigint;
  #delivered: bigint;
  #confirmed: bigint;
  #quietAt = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(options: FollowOptions, after: bigint) {
    this.#options = options;
    this.#assembler = new TransactionAssembler(options.maxTransactionBytes);
    this.#received = after;
    this.#delivered = after;
    this.#confirmed = after;
  }

  confirm(position: bigint): void {
    if (position > this.#confirmed) this.#confirmed = position;
  }

  async *read(limit: number, signal: AbortSignal | undefined): AsyncGenerator<FeedBatch<ChangeEntry>> {
    const onAbort = () => this.#wake?.();
    signal?.addEventListener('abort', onAbort);
    await this.#start();
    const status = setInterval(() => this.#sendStatus(true), statusEveryMs);
    try {
      while (!signal?.aborted) {
        const batch = this.#takeBatch(limit);
        if (batch !== undefined) yield batch;
        else if (this.#failure !== undefined) throw this.#failure;
        else await this.#somethingNew();
      }
    } finally {
      clearInterval(status);
      signal?.removeEventListener('abort', onAbort);
      this.#sendStatus(false);
      this.#connection?.close();
    }
  }

  async #start(): Promise<void> {
    const { url, slot, publication } = this.#options;
    const connection = await openReplication(url, `banyan ${slot}`);
    this.#connection = connection;
    connection.onData((chunk) => this.#take(chunk));
    const fail = (error: Error) => {
      this.#failure ??= error;
      this.#wake?.();
    };
    connection.client.on('error', (error) => fail(connectionLost(error)));
    connection.client.on('end', () => fail(connectionLost()));
    const start =
      `START_REPLICATION SLOT ${quoteIdentifier(slot)} LOGICAL ${formatLsn(this.#received)} ` +
      `(proto_version '1', publication_names '${quoteIdentifier(publication)}', messages 'true')`;
    // It answers only when the reading ends.
    connection.client.query(start).then(
      () => fail(connectionLost()),
      (error: unknown) => fail(readingFailed(error, slot)),
    );
  }

  #take(chunk: Buffer): void {
    if (this.#failure !== undefined) return;
    try {
      if (chunk[0] === XLOG_DATA) this.#takeMessage(chunk);
      else if (chunk[0] === KEEPALIVE) this.#takeKeepalive(chunk);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
    this.#wake?.();
  }

  #takeMessage(chunk: Buffer): void {
    // Behind the type: start and end of the log and the time of sending, 8 bytes each.
    const transaction = this.#assembler.take(chunk, 25);
    if (transaction === undefined) return;
    this.#received = transaction.position;
    if (transaction.position <= this.#delivered || transaction.changes.length === 0) return;
    this.#waiting.push(transaction);
    this.#waitingChanges += transaction.changes.length;
    if (this.#waitingChanges > waitingLimit && !this.#paused) {
      this.#paused = true;
      this.#connection?.pause();
    }
  }

  #takeKeepalive(chunk: Buffer): void {
    const reader = new MessageReader(chunk, 1);
    const end = reader.uint64();
    reader.skip(8);
    if (!this.#assembler.open && end > this.#received) this.#received = end;
    if (reader.uint8() === 1) this.#sendStatus(false);
  }

  #takeBatch(limit: number): FeedBatch<ChangeEntry> | undefined {
    if (this.#waiting.length === 0) return this.#quietBatch();
    let changes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || changes < limit)) {
      changes += this.#waiting[count++]!.changes.length;
    }
    const entries = this.#waiting.splice(0, count);
    this.#waitingChanges -= changes;
    if (this.#paused && this.#waitingChanges < waitingLimit / 2) {
      this.#paused = false;
      this.#connection?.resume();
    }
    this.#delivered = entries.at(-1)!.position;
    return { entries, position: this.#delivered };
  }

  #quietBatch(): FeedBatch<ChangeEntry> | undefined {
    const now = performance.now();
    if (this.#received <= this.#delivered || now - this.#quietAt < quietEveryMs) return undefined;
    this.#quietAt = now;
    this.#delivered = this.#received;
    return { entries: [], position: this.#delivered };
  }

  async #somethingNew(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, quietEveryMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  #sendStatus(askBack: boolean): void {
    if (this.#failure !== undefined) return;
    const status = Buffer.alloc(34);
    status[0] = 0x72;
    status.writeBigUInt64BE(this.#received, 1);
    status.writeBigUInt64BE(this.#confirmed, 9);
    status.writeBigUInt64BE(this.#confirmed, 17);
    status.writeBigInt64BE(BigInt(Date.now() - EPOCH_MS) * 1000n, 25);
    status[33] = askBack ? 1 : 0;
    this.#connection?.send(status);
  }
}

function readingFailed(caught: unknown, slot: string): Error {
  const { code } = caught as { code?: string };
  if (code === '55006') {
    return new Unavailable(
      'slot-in-use',
      `Another reader holds the replication slot ${slot}; only one can follow.`,
      {
        cause: caught,
      },
    );
  }
  if (code === '42704') return slotMissing(slot, caught);
  return toPostgresError(caught);
}

/** What a reader throws when the source does not keep the log for it. */
export function slotMissing(slot: string, cause?: unknown): Terminal {
  return new Terminal(
    'slot-missing',
    `The source has no replication slot ${slot}, so what happened since the checkpoint is not kept. ` +
      'Reset the subscription to take a new snapshot.',
    { cause },
  );
}
