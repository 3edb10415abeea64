import {
  type AppendOptions,
  type AppendResult,
  BanyanError,
  type StreamAppend,
  Unavailable,
} from '@banyan/runtime';
import { type AppendRow, decodeOutcome, encodeAppend } from './append-batch.ts';

interface Waiting {
  readonly appends: readonly StreamAppend[];
  readonly encoded: string;
  readonly commandId: string | undefined;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

/** Appends that go together. */
export interface Batch {
  /** An array of appends as JSON; where they are distinct, an array of the one part of each. */
  readonly appends: string;
  /** The command id of each, null where it has none; null where none has. */
  readonly commands: readonly (string | null)[] | null;
  /** Several appends, each of one stream, and no stream and no command id comes twice. */
  readonly distinct: boolean;
}

/** Sends a batch as one call and gives the rows of all its appends. */
export type SendAppends = (batch: Batch) => Promise<readonly AppendRow[]>;

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
  append(appends: readonly StreamAppend[], { commandId }: AppendOptions = {}): Promise<AppendResult> {
    const encoded = encodeAppend(appends);
    if (this.#waiting.length >= maxWaiting || this.#waitingChars + encoded.length > maxWaitingChars) {
      throw new Unavailable(
        'append-queue-full',
        `${this.#waiting.length} appends wait for the database already: append less at once, or try again.`,
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ appends, encoded, commandId, resolve, reject });
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
      rows = await this.#send(batchOf(batch));
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

function batchOf(batch: readonly Waiting[]): Batch {
  // One on its own is done sooner by the statements that it needs than by the large one that does many at once.
  const distinct = batch.length > 1 && isDistinct(batch);
  const appends = batch.map(({ encoded }) => (distinct ? encoded : `[${encoded}]`));
  return { appends: `[${appends.join(',')}]`, commands: commandsOf(batch), distinct };
}

function commandsOf(batch: readonly Waiting[]): readonly (string | null)[] | null {
  if (batch.every(({ commandId }) => commandId === undefined)) return null;
  return batch.map(({ commandId }) => commandId ?? null);
}

function isDistinct(batch: readonly Waiting[]): boolean {
  const streams = new Set<string>();
  const commands = new Set<string>();
  for (const { appends, commandId } of batch) {
    if (appends.length !== 1 || streams.has(appends[0]!.streamId)) return false;
    if (commandId !== undefined && commands.has(commandId)) return false;
    streams.add(appends[0]!.streamId);
    if (commandId !== undefined) commands.add(commandId);
  }
  return true;
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
