import { type ChangeEntry, type FeedBatch, toBanyanError, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import type { ChangeFeedOptions } from './change-feed.ts';
import { checkPublication } from './check-publication.ts';
import { MessageReader } from './pgoutput/message-reader.ts';
import { TransactionAssembler } from './pgoutput/transaction-assembler.ts';
import type { PublishedTable } from './published-tables.ts';
import { refuseOtherShape } from './refuse-other-shape.ts';
import { connectionLost, openReplication, type ReplicationConnection } from './replication-connection.ts';
import { standbyStatus } from './standby-status.ts';
import { startReplication } from './start-replication.ts';
import { WaitingTransactions } from './waiting-transactions.ts';

const XLOG_DATA = 0x77;
const KEEPALIVE = 0x6b;
/** How often the server is told how far we are, and asked how far it is. */
const statusEveryMs = 250;
/** In quiet times a batch without entries says this often that nothing happened. */
const quietEveryMs = 500;
/** A server that does not answer for so long is given up, as PostgreSQL's own readers do. */
const silenceMs = 60_000;
const defaultMaxBytes = 256 * 1024 * 1024;

/** Reads the log through a slot, from a position on: transactions in the order of their commits. */
export class Follower {
  readonly #pool: pg.Pool;
  readonly #options: ChangeFeedOptions;
  readonly #assembler: TransactionAssembler;
  readonly #waiting = new WaitingTransactions();
  readonly #reader = new MessageReader();
  #tables: readonly PublishedTable[] = [];
  /** Whether the log has described a table since the tables were looked at. */
  #unsure = false;
  #connection: ReplicationConnection | undefined;
  #paused = false;
  #heardAt = 0;
  /** Everything up to here was received. */
  #received: bigint;
  #delivered: bigint;
  /** Ends of records that were delivered and not confirmed: only these may be confirmed, lest a record be cut in two. */
  #boundaries: bigint[] = [];
  #confirmed = 0n;
  #quietAt = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(pool: pg.Pool, options: ChangeFeedOptions, after: bigint) {
    this.#pool = pool;
    this.#options = options;
    this.#assembler = new TransactionAssembler({
      limit: options.maxTransactionBytes ?? defaultMaxBytes,
      onRelation: (relation) => {
        refuseOtherShape(this.#tables, relation);
        this.#unsure = true;
      },
    });
    this.#received = after;
    this.#delivered = after;
  }

  confirm(position: bigint): void {
    while (this.#boundaries.length > 0 && this.#boundaries[0]! <= position)
      this.#confirmed = this.#boundaries.shift()!;
  }

  /** Looks whether the tables are still what they were; ends the reading if not. */
  async check(): Promise<void> {
    try {
      const { name, tables } = this.#options;
      this.#tables = await checkPublication(this.#pool, name, tables);
    } catch (error) {
      // What does not answer now is asked again; the log itself says when the source is gone.
      const problem = toBanyanError(error);
      if (!problem.retryable) this.#fail(problem);
    }
  }

  async *read(limit: number, signal: AbortSignal | undefined): AsyncGenerator<FeedBatch<ChangeEntry>> {
    const onAbort = () => this.#wake?.();
    signal?.addEventListener('abort', onAbort);
    let status: NodeJS.Timeout | undefined;
    try {
      await this.#start();
      status = setInterval(() => this.#beat(), statusEveryMs);
      while (!signal?.aborted) {
        if (this.#unsure) await this.#makeSure();
        const batch =
          this.#failure === undefined || !this.#waiting.empty ? this.#takeBatch(limit) : undefined;
        if (batch !== undefined) yield batch;
        else if (this.#failure !== undefined) throw this.#failure;
        else await this.#somethingNew();
      }
    } finally {
      clearInterval(status);
      signal?.removeEventListener('abort', onAbort);
      this.#sendStatus(false);
      this.#failure ??= connectionLost();
      await this.#connection?.close();
    }
  }

  async #start(): Promise<void> {
    this.#tables = await checkPublication(this.#pool, this.#options.name, this.#options.tables);
    const connection = await openReplication(this.#options.url, `banyan ${this.#options.slot}`);
    this.#connection = connection;
    this.#heardAt = performance.now();
    connection.onData((buffer, start, end) => this.#take(buffer, start, end));
    startReplication(connection, this.#options, (error) => this.#fail(error));
  }

  async #makeSure(): Promise<void> {
    this.#unsure = false;
    this.#tables = await checkPublication(this.#pool, this.#options.name, this.#options.tables);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  #take(buffer: Buffer, start: number, end: number): void {
    if (this.#failure !== undefined) return;
    this.#heardAt = performance.now();
    try {
      // Behind the type of log data: its start, its end and the time of sending, 8 bytes each.
      if (buffer[start] === XLOG_DATA) this.#takeMessage(buffer, start + 25, end);
      else if (buffer[start] === KEEPALIVE) this.#takeKeepalive(buffer, start + 1);
    } catch (error) {
      this.#fail(toBanyanError(error));
    }
  }

  #takeMessage(buffer: Buffer, start: number, end: number): void {
    const transaction = this.#assembler.take(buffer, start, end);
    if (transaction === undefined) return;
    const { position, changes } = transaction;
    if (position > this.#received) this.#received = position;
    if (position <= this.#delivered) return;
    if (changes.length > 0) this.#waiting.add(transaction, this.#assembler.bytes);
    if (this.#waiting.full && !this.#paused) {
      this.#paused = true;
      this.#connection?.pause();
    }
    this.#wake?.();
  }

  #takeKeepalive(buffer: Buffer, offset: number): void {
    const reader = this.#reader.at(buffer, offset);
    const end = reader.uint64();
    reader.skip(8);
    if (!this.#assembler.open && end > this.#received) this.#received = end;
    if (reader.uint8() === 1) this.#sendStatus(false);
  }

  #takeBatch(limit: number): FeedBatch<ChangeEntry> | undefined {
    if (this.#waiting.empty) return this.#quietBatch();
    const entries = this.#waiting.take(limit);
    if (this.#paused && this.#waiting.roomy) {
      this.#paused = false;
      this.#heardAt = performance.now();
      this.#connection?.resume();
    }
    for (const { position } of entries) this.#boundaries.push(position);
    this.#delivered = entries.at(-1)!.position;
    return { entries, position: this.#delivered };
  }

  #quietBatch(): FeedBatch<ChangeEntry> | undefined {
    const now = performance.now();
    if (this.#received <= this.#delivered || now - this.#quietAt < quietEveryMs) return undefined;
    this.#quietAt = now;
    this.#delivered = this.#received;
    this.#boundaries.push(this.#delivered);
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

  #beat(): void {
    // Answers to a question can't be heard while paused, and would pile up at the server.
    this.#sendStatus(!this.#paused);
    if (!this.#paused && performance.now() - this.#heardAt > silenceMs) {
      this.#fail(
        new Unavailable(
          'feed-silent',
          `The source has sent nothing for ${silenceMs / 1000} s; it is asked anew.`,
        ),
      );
    }
  }

  #sendStatus(askBack: boolean): void {
    if (this.#failure !== undefined) return;
    this.#connection?.send(standbyStatus(this.#received, this.#confirmed, askBack));
  }
}
