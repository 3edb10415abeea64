import { setTimeout as sleep } from 'node:timers/promises';
import { connect, textSettings } from '@banyan/postgres';
import type pg from 'pg';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { measureLag } from '../signal/await-signal.ts';
import { aboutRows } from './about-rows.ts';
import { leaveRoom } from './leave-room.ts';
import {
  boundaryQuery,
  columnsQuery,
  digestQuery,
  type Key,
  type KeyRange,
  keysQuery,
  type Query,
  rowsQuery,
} from './range-statements.ts';
import {
  keyText,
  lookedAt,
  type RowVersion,
  type Sighting,
  type Suspect,
  suspects,
} from './settle-suspects.ts';
import { type ComparedTable, comparedTable } from './table-key.ts';
import { type JournalOptions, openJournal, type VerifyJournal } from './verify-journal.ts';
import type { VerifyProgress } from './verify-progress.ts';

/** A row that is not as it should be, for a person to look at. */
export interface TableDifference {
  readonly kind: 'missing' | 'different' | 'extra';
  readonly table: string;
  readonly key: string;
  /** The columns that differ; empty where the whole row is missing or extra. */
  readonly columns: readonly string[];
}

/** What came of comparing the tables. */
export interface TablesVerification {
  readonly compared: number;
  /** Key ranges, and those of them that were read row by row because their digests differed. */
  readonly ranges: number;
  readonly unequalRanges: number;
  readonly missing: number;
  readonly different: number;
  readonly extra: number;
  /** Rows that were changed each time they were looked at, so that nothing can be said of them. */
  readonly unsettled: number;
  /** At most 20. */
  readonly samples: readonly TableDifference[];
}

/** How the tables are compared. */
export interface VerifyTablesOptions {
  /** The side whose rows are the truth. */
  readonly owner: SideName;
  /** Rows of a key range, default 5000. */
  readonly rangeRows?: number;
  /** How long a change may be on its way, in milliseconds. Default 30000. */
  readonly timeoutMs?: number;
  /** The share of the time for which it works while others work on the owner's server, above 0 and at most 1. Default 1: it never rests. */
  readonly share?: number;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Goes on where a comparison was interrupted, and can be gone on with; without it all rows are compared. */
  readonly resume?: Omit<JournalOptions, 'owner'>;
  readonly signal?: AbortSignal | undefined;
}

const keptSamples = 20;
/** How often a row that differs is looked at before it counts as one that never rests. */
const looks = 8;
/** How long a difference must stand, in milliseconds. */
const standsMs = 500;

/**
 * Compares the tables of both sides while both run, by digests of key ranges; rows of ranges that differ are compared one by one. A row
 * that differs then may only be late: it is looked at again at the owner, then, when everything up to there has arrived, at the
 * copy, and once more at the owner. Only where the owner's row did not change meanwhile, and the same is seen again half a second
 * later, is the difference one: a commit is sent to the copy a moment before the owner's other sessions see it. Neither side's
 * snapshot is held for longer than one range takes. Interrupted, it goes on where the first range was that is not known to be equal.
 */
export async function verifyTables(
  sides: Sides,
  plan: SplitPlan,
  options: VerifyTablesOptions,
): Promise<TablesVerification> {
  const opened: pg.Pool[] = [];
  const open = async (side: SideName) => {
    const pool = connect(sides[side].url, { max: 1, applicationName: 'banyan-verify' });
    opened.push(pool);
    const client = await pool.connect();
    // Equal values must be equal text on both sides.
    await client.query(textSettings);
    return client;
  };
  const clients: pg.PoolClient[] = [];
  try {
    const source = await open('source');
    clients.push(source);
    const target = await open('target');
    clients.push(target);
    const { owner, resume } = options;
    const journal =
      resume === undefined ? undefined : await openJournal<Counts>(sides, plan, { owner, ...resume });
    const run = new Run(sides, plan, options, { source, target }, journal);
    await run.tables();
    await journal?.forget();
    return run.result();
  } finally {
    for (const client of clients) client.release(true);
    for (const pool of opened) await pool.end();
  }
}

type Counts = Omit<TablesVerification, 'samples'>;

const shapeOf = ({ columns, key, where }: ComparedTable) => JSON.stringify([columns, key, where]);

class Run {
  readonly #sides: Sides;
  readonly #plan: SplitPlan;
  readonly #options: VerifyTablesOptions;
  readonly #clients: Readonly<Record<SideName, pg.ClientBase>>;
  readonly #journal: VerifyJournal<Counts> | undefined;
  #totalRows = 0;
  #resumed = 0;
  readonly #counts = {
    compared: 0,
    ranges: 0,
    unequalRanges: 0,
    missing: 0,
    different: 0,
    extra: 0,
    unsettled: 0,
  };
  readonly #samples: TableDifference[] = [];

  constructor(
    sides: Sides,
    plan: SplitPlan,
    options: VerifyTablesOptions,
    clients: Readonly<Record<SideName, pg.ClientBase>>,
    journal: VerifyJournal<Counts> | undefined,
  ) {
    this.#sides = sides;
    this.#plan = plan;
    this.#options = options;
    this.#clients = clients;
    this.#journal = journal;
  }

  result(): TablesVerification {
    return { ...this.#counts, samples: this.#samples };
  }

  async tables(): Promise<void> {
    const { owner } = this.#options;
    const tables: ComparedTable[] = [];
    for (const table of this.#plan.tables) tables.push(await comparedTable(this.#sides[owner], table));
    this.#totalRows = await aboutRows(
      this.#sides[owner].pool,
      tables.map(({ name }) => name),
    );
    const from = this.#journal?.from;
    const first = tables.findIndex((table) => table.name === from?.table && shapeOf(table) === from.shape);
    if (from !== undefined && first >= 0) Object.assign(this.#counts, from.counts);
    this.#resumed = this.#counts.compared;
    for (const [index, table] of tables.entries()) {
      if (index < first) continue;
      await this.#table(table, index === first ? from?.after : undefined, tables[index + 1]);
    }
  }

  async #table(table: ComparedTable, from: Key | undefined, next: ComparedTable | undefined): Promise<void> {
    const { owner, rangeRows = 5_000, share = 1, onProgress, signal } = this.#options;
    const room = leaveRoom(this.#clients[owner], share, signal);
    let after = from;
    do {
      signal?.throwIfAborted();
      const began = performance.now();
      const [boundary] = await this.#ask<{ key: Key }>(owner, boundaryQuery(table, after, rangeRows));
      await this.#range(table, { after, upTo: boundary?.key });
      after = boundary?.key;
      await this.#keepPoint(after === undefined ? next : table, after);
      onProgress?.({ compared: this.#counts.compared, resumed: this.#resumed, totalRows: this.#totalRows });
      await room.leave(performance.now() - began);
    } while (after !== undefined);
  }

  async #keepPoint(table: ComparedTable | undefined, after: Key | undefined): Promise<void> {
    const { missing, different, extra, unsettled } = this.#counts;
    // What was found is to be found again.
    if (table === undefined || missing + different + extra + unsettled > 0) return;
    await this.#journal?.keep({ table: table.name, shape: shapeOf(table), after, counts: this.#counts });
  }

  async #range(table: ComparedTable, range: KeyRange): Promise<void> {
    const { owner } = this.#options;
    const copy = otherSide(owner);
    const read = (side: SideName) =>
      this.#ask<{ rows: number; digest: string }>(side, digestQuery(table, range));
    const [[at], [to]] = await Promise.all([read(owner), read(copy)]);
    this.#counts.ranges++;
    this.#counts.compared += at!.rows;
    if (at!.rows === to!.rows && at!.digest === to!.digest) return;
    this.#counts.unequalRanges++;
    const rows = (side: SideName) => this.#ask<RowVersion>(side, rowsQuery(table, range));
    const found = suspects(...(await Promise.all([rows(owner), rows(copy)])));
    await this.#settle(table, found);
  }

  async #settle(table: ComparedTable, keys: readonly Key[]): Promise<void> {
    let open: Suspect[] = keys.map((key) => ({ key }));
    for (let look = 1; look <= looks && open.length > 0; look++) {
      if (look > 1) await sleep(open.some(({ seen }) => seen !== undefined) ? standsMs : 20 * look);
      const sightings = await this.#look(
        table,
        open.map(({ key }) => key),
      );
      const still: Suspect[] = [];
      for (const [index, suspect] of open.entries()) {
        const next = lookedAt(suspect, sightings[index]!);
        if (next.verdict === 'unsettled') still.push(next.suspect);
        else if (next.verdict !== 'equal') await this.#keep(table, suspect.key, next.verdict);
      }
      open = still;
    }
    this.#counts.unsettled += open.length;
  }

  async #look(table: ComparedTable, keys: readonly Key[]): Promise<Sighting[]> {
    const { owner, timeoutMs = 30_000, signal } = this.#options;
    const copy = otherSide(owner);
    const read = async (side: SideName) => {
      const rows = await this.#ask<RowVersion>(side, keysQuery(table, keys));
      return new Map(rows.map((row) => [keyText(row.key), row]));
    };
    const before = await read(owner);
    await measureLag(this.#sides, this.#plan, copy, { timeoutMs, everyMs: 5, signal });
    const there = await read(copy);
    const after = await read(owner);
    return keys.map((key) => {
      const text = keyText(key);
      return { before: before.get(text), copy: there.get(text), after: after.get(text) };
    });
  }

  async #keep(table: ComparedTable, key: Key, kind: TableDifference['kind']): Promise<void> {
    this.#counts[kind]++;
    if (this.#samples.length >= keptSamples) return;
    const columns = kind === 'different' ? await this.#columns(table, key) : [];
    const named = Object.fromEntries(table.key.map(({ name }, index) => [name, key[index]]));
    this.#samples.push({ kind, table: table.name, key: JSON.stringify(named), columns });
  }

  async #columns(table: ComparedTable, key: Key): Promise<string[]> {
    const read = (side: SideName) => this.#ask<{ values: (string | null)[] }>(side, columnsQuery(table, key));
    const [[one], [other]] = await Promise.all([read('source'), read('target')]);
    return table.columns.filter((_, index) => one?.values[index] !== other?.values[index]);
  }

  #ask<Row extends pg.QueryResultRow>(side: SideName, { text, values }: Query): Promise<Row[]> {
    return ask<Row>(this.#clients[side], text, values);
  }
}
