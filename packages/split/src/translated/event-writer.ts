import {
  applyRowWrites,
  inTransaction,
  type PostgresEventStore,
  postgresEventStore,
  quoteIdentifier,
} from '@banyan/postgres';
import {
  type ChangeEntry,
  Conflict,
  type Feed,
  type Row,
  type RowChange,
  type RowEntry,
  type RowWrite,
  rowChangesOf,
  Terminal,
} from '@banyan/runtime';
import type pg from 'pg';
import { quotedSchema } from '../plan/names.ts';
import type { SplitPlan } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { appendInOrder } from './append-in-order.ts';
import { filledStreams, waitingRows } from './event-tables.ts';
import { passingFence } from './passing-fence.ts';
import type { EventTranslation, StreamEvent } from './stream-events.ts';
import { signalName, translatedName } from './translated-feed.ts';

/** Rows of the copy that become events in one transaction. */
const rowsAtOnce = 500;

/** Whoever has the lock of the log holds up all who append: a process that is frozen must not have it for long. */
const briefly = "set local idle_in_transaction_session_timeout = '5s'";

/**
 * Appends what the source's rows mean to the log of the service, each transaction together with how far the feed has got. The rows of the
 * copy wait beside the log until they are all there: a copy that breaks begins anew, and events can't be taken back.
 */
export class EventWriter {
  readonly #sides: Sides;
  readonly #plan: SplitPlan;
  readonly #translation: EventTranslation;
  readonly #store: PostgresEventStore;
  readonly #signal: (change: RowChange) => readonly RowWrite[];

  constructor(
    sides: Sides,
    plan: SplitPlan,
    translation: EventTranslation,
    /** What of a change is written for the split itself. */
    signal: (change: RowChange) => readonly RowWrite[],
  ) {
    const { inline, schema, codec } = translation;
    this.#sides = sides;
    this.#plan = plan;
    this.#translation = translation;
    this.#signal = signal;
    this.#store = postgresEventStore(sides.target.pool, {
      inline: inline.map(passingFence),
      ...(schema === undefined ? {} : { schema }),
      ...(codec === undefined ? {} : { codec }),
    });
  }

  async handle(entries: readonly RowEntry[], tx: pg.PoolClient): Promise<void> {
    await applyRowWrites(tx, entries.flatMap(rowChangesOf).flatMap(this.#signal));
    const events: StreamEvent[] = [];
    for (const entry of entries) {
      if (entry.kind === 'snapshot-rows') await this.#keep(tx, entry.table, entry.rows);
      else events.push(...entry.changes.flatMap((change) => this.#eventsOf(change)));
    }
    if (events.length > 0) await this.#append(tx, events, () => false);
  }

  /** @throws Terminal `events-there` */
  async reset(tx: pg.PoolClient): Promise<void> {
    const { rowCount } = await tx.query(`select 1 from ${filledStreams(this.#plan)} limit 1`);
    if (rowCount !== 0)
      throw new Terminal(
        'events-there',
        `A copy of ${this.#plan.name} can't begin anew, because what it was made into is in the log of the service already.`,
      );
    await tx.query(`truncate ${waitingRows(this.#plan)}`);
  }

  /** The feed, which goes on after the copy once all rows of the copy have become events. */
  after(feed: Feed<ChangeEntry>): Feed<ChangeEntry> {
    const appendAll = (signal?: AbortSignal) => this.#appendWaiting(signal);
    return {
      ...feed,
      async *read(options) {
        if (options.after > 0n && !(await appendAll(options.signal))) return;
        for await (const batch of feed.read(options)) {
          yield batch;
          const isCopied = batch.entries.some(({ kind }) => kind === 'snapshot-end');
          if (isCopied && !(await appendAll(options.signal))) return;
        }
      },
    };
  }

  #eventsOf(change: RowChange): readonly StreamEvent[] {
    if (change.table === signalName(this.#plan)) return [];
    try {
      return this.#translation.of(change);
    } catch (caught) {
      throw failed(change, caught);
    }
  }

  async #keep(tx: pg.PoolClient, table: string, rows: readonly Row[]): Promise<void> {
    if (table === signalName(this.#plan)) return;
    await tx.query(
      `insert into ${waitingRows(this.#plan)} (source, row) select $1, e.row from jsonb_array_elements($2::jsonb) with ordinality as e (row, n) order by n`,
      [table, JSON.stringify(rows)],
    );
  }

  /** Gives whether all are appended; not where the feed was stopped. */
  async #appendWaiting(signal: AbortSignal | undefined): Promise<boolean> {
    const waiting = waitingRows(this.#plan);
    const take = `with oldest as (select n from ${waiting} order by n limit ${rowsAtOnce} for update)
      delete from ${waiting} w using oldest where w.n = oldest.n returning w.n::float8 as n, w.source, w.row`;
    // Whoever stops the feed waits for this lock, and nothing has an effect afterwards.
    const mayGoOn = `select 1 from ${quotedSchema(this.#plan)}.subscriptions where name = $1 and desired = 'running' for share`;
    const name = translatedName(this.#plan, 'target');
    for (;;) {
      if (signal?.aborted) return false;
      const left = await inTransaction(this.#sides.target.pool, async (tx) => {
        if ((await tx.query(mayGoOn, [name])).rowCount === 0) return undefined;
        const { rows } = await tx.query<{ n: number; source: string; row: Row }>(take);
        rows.sort((one, other) => one.n - other.n);
        const events = rows.flatMap(({ source, row }) =>
          this.#eventsOf({ op: 'insert', table: source, row }),
        );
        const known = await this.#known(tx, events);
        if (events.length > 0) await this.#append(tx, events, (stream) => !known.has(stream));
        return (await tx.query(`select 1 from ${waiting} limit 1`)).rowCount;
      });
      if (left === undefined) return false;
      if (left === 0) return true;
    }
  }

  async #known(tx: pg.PoolClient, events: readonly StreamEvent[]): Promise<ReadonlySet<string>> {
    const streams = [...new Set(events.map(({ stream }) => stream))];
    const text = `select stream from ${filledStreams(this.#plan)} where stream = any($1)`;
    return new Set((await tx.query<{ stream: string }>(text, [streams])).rows.map(({ stream }) => stream));
  }

  async #append(
    tx: pg.PoolClient,
    events: readonly StreamEvent[],
    isNew: (stream: string) => boolean,
  ): Promise<void> {
    await tx.query(briefly);
    const counts = await appendInOrder(this.#store, tx, events, isNew).catch((error: unknown) => {
      throw error instanceof Conflict ? streamThere(error) : error;
    });
    await this.#mustBeProjected(tx);
    await tx.query(
      `insert into ${filledStreams(this.#plan)} as f (stream, events) select * from unnest($1::text[], $2::int[])
       on conflict (stream) do update set events = f.events + excluded.events`,
      [[...counts.keys()], [...counts.values()]],
    );
  }

  /** A projection that is paused or far behind is passed over by an append, and its rows would be missing. */
  async #mustBeProjected(tx: pg.PoolClient): Promise<void> {
    const { inline, schema = 'banyan' } = this.#translation;
    const own = quoteIdentifier(schema);
    const { rows } = await tx.query<{ name: string }>(
      `select wanted.name from unnest($1::text[]) as wanted (name)
       left join ${own}.subscriptions s on s.name = wanted.name
       where s.position is distinct from (select max(position) from ${own}.events)`,
      [inline.map(({ name }) => name)],
    );
    if (rows.length === 0) return;
    throw new Terminal(
      'projection-not-inline',
      `The projection ${rows[0]!.name} of the service did not take the events along: it is paused, in lanes, of another version, or has more than ` +
        '500 events of the service before them to handle. Let the service run it until it has caught up, then go on.',
    );
  }
}

function streamThere(cause: Conflict): Terminal {
  return new Terminal(
    'stream-there',
    `${cause.message} The copy begins streams, and this one has been begun by somebody else: give its events other streams, or ` +
      'another event store where it is of an attempt that was aborted.',
    { cause },
  );
}

function failed(change: RowChange, caught: unknown): Terminal {
  const row = change.op === 'truncate' ? {} : change.op === 'delete' ? change.old : change.row;
  const text = JSON.stringify(row).slice(0, 200);
  const message = caught instanceof Error ? caught.message : String(caught);
  return new Terminal(
    'translator-failed',
    `The translator of ${change.table} into events failed with the row ${text} (${change.op}): ${message}. Correct the translator and go on: ` +
      'the row waits, and nothing after it was taken.',
    { cause: caught },
  );
}
