import {
  type AppendOptions,
  type AppendResult,
  BanyanError,
  type StreamAppend,
  Unavailable,
} from '@banyan/runtime';
import { type AppendRow, decodeOutcome, encodeAppend } from './append-batch.ts';
import { InlineFailure } from './inline-projections.ts';

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
  /** The command id of each, empty where it has none; null where none has. */
  readonly commands: readonly string[] | null;
  /** Several appends, each of one stream, and no stream and no command id comes twice. */
  readonly distinct: boolean;
  /** How many events each append has for each of its streams. */
  readonly sizes: readonly (readonly number[])[];
}

/** Sends a batch as one call and gives the rows of all its appends. */
export type SendAppends = (batch: Batch) => Promise<readonly AppendRow[]>;

const maxAppends = 500;
/** How far into the queue one looks for what may go. */
const maxLooked = 1000;
const maxBatchChars = 4 * 1024 * 1024;
const maxWaiting = 20_000;
const maxWaitingChars = 128 * 1024 * 1024;

/** With two calls under way, each has so many appends at least; fewer are not worth a flush of their own. */
const smallestHalf = 32;
/** A call that takes longer for each append is held up by the flush, which two calls would wait for twice. */
const flushBoundMs = 0.1;

/**
 * Concurrent appends share one call, and so one flush of the server's log: while calls are under way the next appends gather,
 * and go together when one returns. An append on its own goes at once.
 *
 * Where many append, two calls are under way: while one is written to the log, the other is read by the server, and those who were
 * answered make up the next. Appends to one stream still go in the order in which they were asked for.
 */
export class GroupCommit {
  readonly #send: SendAppends;
  readonly #waiting: Waiting[] = [];
  #waitingChars = 0;
  #underWay = 0;
  #flushBound = false;
  /** The streams of the calls under way. */
  readonly #busy = new Set<string>();

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
      if (this.#underWay === 0) this.#sendWaiting();
    });
  }

  #sendWaiting(): void {
    if (this.#underWay === 0) {
      const many = !this.#flushBound && this.#waiting.length >= 2 * smallestHalf;
      this.#sendNext(many ? Math.ceil(this.#waiting.length / 2) : maxAppends);
    }
    if (this.#underWay === 1 && !this.#flushBound && this.#waiting.length >= smallestHalf)
      this.#sendNext(maxAppends);
  }

  #sendNext(atMost: number): void {
    const batch = this.#nextBatch(Math.min(atMost, maxAppends));
    if (batch.length > 0) void this.#sendOne(batch);
  }

  async #sendOne(batch: readonly Waiting[]): Promise<void> {
    const streams = batch.flatMap(({ appends }) => appends.map(({ streamId }) => streamId));
    for (const stream of streams) this.#busy.add(stream);
    this.#underWay += 1;
    const began = performance.now();
    await this.#sendBatch(batch);
    if (batch.length >= smallestHalf)
      this.#flushBound = performance.now() - began > batch.length * flushBoundMs;
    // Those who were just answered are about to append again: one turn of the event loop lets them into the next batch. A
    // single caller has nobody to wait for.
    if (batch.length > 1) await new Promise((resolve) => setImmediate(resolve));
    for (const stream of streams) this.#busy.delete(stream);
    this.#underWay -= 1;
    this.#sendWaiting();
  }

  /** Takes from the front, but nothing for a stream that is under way or that somebody before waits for. */
  #nextBatch(atMost: number): readonly Waiting[] {
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    const held = new Set(this.#busy);
    let chars = 0;
    let looked = 0;
    for (const one of this.#waiting) {
      const full =
        batch.length === atMost || (batch.length > 0 && chars + one.encoded.length > maxBatchChars);
      if (full || looked === maxLooked) break;
      looked += 1;
      if (held.size > 0 && one.appends.some(({ streamId }) => held.has(streamId))) {
        for (const { streamId } of one.appends) held.add(streamId);
        left.push(one);
      } else {
        batch.push(one);
        chars += one.encoded.length;
      }
    }
    this.#waitingChars -= chars;
    this.#waiting.splice(0, looked, ...left);
    return batch;
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
      const reason = error instanceof InlineFailure ? error.reason : error;
      for (const { reject } of batch) reject(reason);
      return;
    }
    for (const one of batch) await this.#sendBatch([one]);
  }
}

function batchOf(batch: readonly Waiting[]): Batch {
  // One on its own is done sooner by the statements that it needs than by the large one that does many at once.
  const distinct = batch.length > 1 && isDistinct(batch);
  const appends = batch.map(({ encoded }) => (distinct ? encoded : `[${encoded}]`));
  const sizes = batch.map((one) => one.appends.map(({ events }) => events.length));
  return { appends: `[${appends.join(',')}]`, commands: commandsOf(batch), distinct, sizes };
}

function commandsOf(batch: readonly Waiting[]): readonly string[] | null {
  if (batch.every(({ commandId }) => commandId === undefined)) return null;
  return batch.map(({ commandId }) => commandId ?? '');
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
