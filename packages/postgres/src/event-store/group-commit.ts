import { type AppendResult, BanyanError, type StreamAppend, Unavailable } from '@banyan/runtime';
import { type AppendRow, decodeOutcome, encodeAppend } from './append-batch.ts';

interface Waiting {
  readonly appends: readonly StreamAppend[];
  readonly encoded: string;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

/**
 * Sends encoded appends as one call and gives the rows of all of them. `distinct` says that each has one stream and that no
 * stream comes twice.
 */
export type SendAppends = (batch: string, distinct: boolean) => Promise<readonly AppendRow[]>;

const maxAppends = 500;
const maxBatchChars = 4 * 1024 * 1024;
const maxWaiting = 20_000;
const maxWaitingChars = 128 * 1024 * 1024;

/**
 * Concurrent appends share one call, and so one flush of the server's log: while a call is under way the next ones gather,
 * and go together when it returns. An append on its own goes at once.
 */
export class GroupCommit {
  readonly #send: SendAppends;
  readonly #waiting: Waiting[] = [];
  #waitingChars = 0;
  #sending = false;

  constructor(send: SendAppends) {
    this.#send = send;
  }

  /** @throws Unavailable `append-queue-full` when too much waits; nothing of this append is written. */
  append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    const encoded = encodeAppend(appends);
    if (this.#waiting.length >= maxWaiting || this.#waitingChars + encoded.length > maxWaitingChars) {
      throw new Unavailable(
        'append-queue-full',
        `${this.#waiting.length} appends wait for the database already: append less at once, or try again.`,
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ appends, encoded, resolve, reject });
      this.#waitingChars += encoded.length;
      if (!this.#sending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      await this.#sendBatch(batch);
      // Those who were just answered are about to append again: one turn of the event loop lets them into the next batch. A
      // single caller has nobody to wait for.
      if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#sending = false;
  }

  #nextBatch(): readonly Waiting[] {
    let count = 0;
    let chars = 0;
    for (const { encoded } of this.#waiting) {
      if (count > 0 && (count === maxAppends || chars + encoded.length > maxBatchChars)) break;
      count += 1;
      chars += encoded.length;
    }
    this.#waitingChars -= chars;
    return this.#waiting.splice(0, count);
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    let rows: readonly AppendRow[];
    try {
      rows = await this.#send(`[${batch.map(({ encoded }) => encoded).join(',')}]`, isDistinct(batch));
    } catch (error) {
      return await this.#refused(batch, error);
    }
    settle(batch, rows);
  }

  /** An event that the database refuses must fail only its own append. Whether a broken call took effect nobody knows. */
  async #refused(batch: readonly Waiting[], error: unknown): Promise<void> {
    const temporary = error instanceof BanyanError && error.retryable;
    if (batch.length === 1 || temporary) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const one of batch) await this.#sendBatch([one]);
  }
}

function isDistinct(batch: readonly Waiting[]): boolean {
  const streams = new Set<string>();
  for (const { appends } of batch) {
    if (appends.length !== 1) return false;
    streams.add(appends[0]!.streamId);
  }
  return streams.size === batch.length;
}

function settle(batch: readonly Waiting[], rows: readonly AppendRow[]): void {
  const byAppend = batch.map((): AppendRow[] => []);
  for (const row of rows) byAppend[row.append - 1]!.push(row);
  batch.forEach(({ appends, resolve, reject }, index) => {
    try {
      resolve(decodeOutcome(appends, byAppend[index]!));
    } catch (conflict) {
      reject(conflict);
    }
  });
}
