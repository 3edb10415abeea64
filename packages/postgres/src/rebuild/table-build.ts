import {
  BanyanError,
  type Feed,
  type FeedBatch,
  laneOfStream,
  type PlannedEvents,
  type Projection,
  type ProjectionRun,
  planEvents,
  type RecordedEvent,
  type RemovedEntries,
} from '@banyan/runtime';
import type pg from 'pg';
import { inTransaction } from '../transaction.ts';

/** What to build, and how. */
export interface TableBuildOptions {
  readonly pool: pg.Pool;
  readonly feed: Feed<RecordedEvent>;
  // biome-ignore lint/suspicious/noExplicitAny: a projection of any contract; its handlers are typed where it is declared.
  readonly projection: Projection<any, pg.PoolClient>;
  /** Events of different lanes are handled side by side. */
  readonly lanes: number;
  /** Events that are read at once. */
  readonly limit: number;
  readonly removed: RemovedEntries | undefined;
  readonly signal: AbortSignal;
  /** Everything up to here is in the tables already. */
  readonly after: bigint;
  /** Begins a transaction. */
  readonly begin: string;
  /** Runs last in every transaction; throws to undo it. */
  readonly check: (tx: pg.PoolClient) => Promise<void>;
}

/** A batch that is being handled. */
interface UnderWay {
  readonly to: bigint;
  readonly handled: Promise<unknown>;
}

const batchesUnderWay = 3;
const attempts = 3;

/**
 * Builds the tables of a projection out of all events. While transactions are at work the next events are read, and what is to be done
 * about them is planned. How far it has got is nowhere kept, because an interrupted build begins anew.
 */
export class TableBuild {
  readonly #options: TableBuildOptions;
  readonly #run: ProjectionRun;
  readonly #reading = new AbortController();
  readonly #batches: AsyncIterator<FeedBatch<RecordedEvent>>;
  #next: Promise<IteratorResult<FeedBatch<RecordedEvent>>> | undefined;
  #readTo: bigint;
  #position: bigint;
  readonly #underWay: UnderWay[] = [];
  /** The last transaction of each lane. */
  readonly #lanes: Promise<unknown>[];

  constructor(options: TableBuildOptions) {
    const { feed, limit, lanes, projection, removed, after } = options;
    const signal = AbortSignal.any([options.signal, this.#reading.signal]);
    const filter = { types: Object.keys(projection.on) };
    this.#options = options;
    this.#run = { rebuilding: true, fromEmpty: after === 0n };
    this.#readTo = after;
    this.#position = after;
    this.#lanes = Array.from({ length: lanes }, () => Promise.resolve());
    this.#batches = feed.read({ after, limit, filter, removed, signal })[Symbol.asyncIterator]();
  }

  /** Everything up to here is in the tables. */
  get position(): bigint {
    return this.#position;
  }

  /** Goes on at least to `target`, which must not lie behind the feed's head; gives where it got to. */
  async until(target: bigint): Promise<bigint> {
    while (this.#readTo < target) {
      const { done, value: batch } = await (this.#next ?? this.#batches.next());
      this.#options.signal.throwIfAborted();
      if (done) break;
      this.#next = this.#batches.next();
      // It is awaited in its turn.
      this.#next.catch(() => {});
      this.#readTo = batch.position;
      this.#begin(batch);
      if (this.#underWay.length >= batchesUnderWay) await this.#oldest();
    }
    while (this.#underWay.length > 0) await this.#oldest();
    return this.#position;
  }

  /** Ends, after the transactions under way. */
  async end(): Promise<void> {
    this.#reading.abort();
    await this.#next?.catch(() => {});
    await Promise.allSettled(this.#underWay.map(({ handled }) => handled));
  }

  #begin({ entries, position }: FeedBatch<RecordedEvent>): void {
    const lanes = this.#lanes.map((): RecordedEvent[] => []);
    for (const event of entries) lanes[laneOfStream(event.streamId, lanes.length) - 1]!.push(event);
    const handled = Promise.all(lanes.map((events, lane) => this.#queue(lane, events)));
    // It is awaited in its turn.
    handled.catch(() => {});
    this.#underWay.push({ to: position, handled });
  }

  #queue(lane: number, events: readonly RecordedEvent[]): Promise<unknown> {
    const before = this.#lanes[lane]!;
    if (events.length === 0) return before;
    const planned = this.#plan(events);
    const handled = before.then(() => this.#apply(events, planned));
    this.#lanes[lane] = handled;
    return handled;
  }

  #plan(events: readonly RecordedEvent[]): PlannedEvents<pg.PoolClient> {
    return planEvents(this.#options.projection, events, this.#run);
  }

  async #apply(events: readonly RecordedEvent[], planned: PlannedEvents<pg.PoolClient>): Promise<void> {
    const { pool, signal, begin, check } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        const { apply } = planned;
        return await inTransaction(pool, (tx) => apply(tx).then(() => check(tx)), begin);
      } catch (error) {
        if (attempt === attempts || !mayPass(error)) throw error;
        planned = this.#plan(events);
      }
    }
  }

  async #oldest(): Promise<void> {
    const { to, handled } = this.#underWay[0]!;
    await handled;
    this.#underWay.shift();
    this.#position = to;
  }
}

/** Two lanes may make the same row at once: one of them finds it the next time. */
function mayPass(error: unknown): boolean {
  return error instanceof BanyanError && (error.retryable || error.code === 'postgres-23505');
}
