import {
  connect,
  logStatus,
  type PostgresEventStore,
  postgresEventStore,
  prepareDatabase,
} from '@banyan/postgres';
import { metadataAfter } from '@banyan/runtime';
import { newOrderId, payloads } from '../event-store/order.ts';
import type { Work } from '../harness/compare.ts';
import type { Lab } from '../harness/lab.ts';
import { seededRandom } from '../harness/random.ts';
import { callFor } from '../harness/run-callers.ts';
import { query } from '../harness/server.ts';

const perStream = 10;
const callers = 32;
const firstMark = 100_000;
const everyMark = 1_000_000;
const feedEvents = 50_000;

/** How fast something was, and what one cost: that depends less on what else runs on the machine. */
interface Measured {
  readonly perSecond: number;
  /** Microseconds of a processor, here and at the server; absent where the server is not ours. */
  readonly processor?: number;
}

/** What was measured at one length of the log. */
interface Mark {
  readonly events: number;
  readonly partitions: number;
  readonly bytesPerEvent: number;
  /** Events, while it grew to this length. */
  readonly fill: Measured;
  readonly appendNew: Measured;
  readonly appendOld: Measured;
  readonly readStream: Measured;
  /** Events. */
  readonly readFeed: Measured;
}

/** Lets a log grow and looks, at some lengths, whether anything costs more than before. */
export default async function* longLog(lab: Lab): AsyncGenerator<Work> {
  const url = await lab.database('long_log');
  const pool = connect(url);
  await prepareDatabase(pool);
  const growing = new GrowingLog(lab, postgresEventStore(pool));
  lab.report(heading());
  try {
    for (const length of marks(lab.options.rows)) {
      if (lab.signal.aborted) return;
      const fill = await growing.fill(length);
      await query(url, 'checkpoint');
      const rates = await growing.measure();
      await query(url, 'analyze');
      const { partitions, events, bytes } = await logStatus(pool, { exact: true });
      const used = partitions.filter(({ state }) => state !== 'ahead').length;
      const bytesPerEvent = Math.round(bytes / events);
      const mark: Mark = { events: length, partitions: used, bytesPerEvent, fill, ...rates };
      lab.report(line(mark), mark);
    }
  } finally {
    await pool.end();
  }
}

function* marks(rows: number): Generator<number> {
  if (rows >= firstMark) yield firstMark;
  for (let mark = everyMark; mark < rows; mark += everyMark) yield mark;
  if (rows !== firstMark) yield rows;
}

class GrowingLog {
  readonly #lab: Lab;
  readonly #store: PostgresEventStore;
  readonly #payload: ReturnType<typeof payloads>;
  readonly #random: () => number;
  #streams = 0;

  constructor(lab: Lab, store: PostgresEventStore) {
    this.#lab = lab;
    this.#store = store;
    this.#payload = payloads(lab.options.seed);
    this.#random = seededRandom(lab.options.seed);
  }

  /** Appends ten events at a time to new streams until the log has this length. */
  async fill(length: number): Promise<Measured> {
    let left = length - Number(await this.#store.head());
    const events = left;
    const caller = async () => {
      while (left > 0 && !this.#lab.signal.aborted) {
        left -= perStream;
        await this.#append(`order-${this.#streams++}`, 'absent', perStream);
      }
    };
    return this.#measured(async () => {
      await Promise.all(Array.from({ length: 2 * callers }, caller));
      return events;
    });
  }

  async measure(): Promise<Pick<Mark, 'appendNew' | 'appendOld' | 'readStream' | 'readFeed'>> {
    return {
      appendNew: await this.#calls(() => this.#append(`single-${newOrderId()}`, 'absent', 1)),
      appendOld: await this.#calls(() => this.#append(this.#anyStream(), 'present', 1)),
      readStream: await this.#calls(() => this.#readStream(this.#anyStream())),
      readFeed: await this.#best(() => this.#readFeed()),
    };
  }

  #calls(call: () => Promise<unknown>): Promise<Measured> {
    return this.#best(async () => (await callFor(callers, this.#lab.options.seconds, call)).amount);
  }

  /** The best of several rounds, because whatever else runs on the machine only ever makes them worse. */
  async #best(work: () => Promise<number>): Promise<Measured> {
    let best = await this.#measured(work);
    for (let round = 1; round < this.#lab.options.runs; round += 1) {
      const { perSecond, processor } = await this.#measured(work);
      best = {
        perSecond: Math.max(best.perSecond, perSecond),
        ...(processor !== undefined && { processor: Math.min(best.processor ?? processor, processor) }),
      };
    }
    return best;
  }

  /** `work` gives how many it did. */
  async #measured(work: () => Promise<number>): Promise<Measured> {
    const before = this.#lab.processors();
    const begun = performance.now();
    const amount = await work();
    const seconds = (performance.now() - begun) / 1000;
    const after = this.#lab.processors();
    const perSecond = Math.round(amount / seconds);
    if (before.server === undefined || after.server === undefined) return { perSecond };
    const used = after.client - before.client + after.server - before.server;
    return { perSecond, processor: Number(((used / amount) * 1e6).toPrecision(3)) };
  }

  #anyStream(): string {
    return `order-${Math.floor(this.#random() * this.#streams)}`;
  }

  #append(streamId: string, expected: 'absent' | 'present', count: number) {
    const events = Array.from({ length: count }, () => ({
      type: 'LinesAdded',
      schemaVersion: 1,
      data: this.#payload(),
      metadata: metadataAfter(undefined),
    }));
    return this.#store.append([{ streamId, expected, events }]);
  }

  async #readStream(streamId: string): Promise<void> {
    let count = 0;
    for await (const _event of this.#store.readStream(streamId)) count += 1;
    if (count < perStream) throw new Error(`Stream ${streamId} has ${count} events.`);
  }

  /** One reader, from anywhere in the log. */
  async #readFeed(): Promise<number> {
    const head = Number(await this.#store.head());
    const after = BigInt(Math.floor(this.#random() * Math.max(1, head - feedEvents)));
    let count = 0;
    for await (const { entries } of this.#store.read({ after })) {
      count += entries.length;
      if (count >= feedEvents) break;
    }
    return count;
  }
}

const widths = [6, 6, 8, 13, 13, 13, 13];

function heading(): string {
  return row(['events', 'B/ev', 'fill/s', 'append new', 'append old', 'read stream', 'read feed']);
}

/** Per second, and in parentheses the microseconds of a processor for one. */
function line(mark: Mark): string {
  const { events, bytesPerEvent, fill, appendNew, appendOld, readStream, readFeed } = mark;
  const millions = `${events / 1e6}M`;
  const measured = [appendNew, appendOld, readStream, readFeed].map(
    ({ perSecond, processor = '-' }) => `${perSecond} (${processor})`,
  );
  return row([millions, String(bytesPerEvent), String(fill.perSecond), ...measured]);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart(widths[index]!)).join(' ');
}
