import { BanyanError, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { queryPrepared } from '../prepared-statement.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';
import { eventPage, isFull } from './event-page.ts';
import type { PageRow } from './recorded-event.ts';

/** Versions of a stream, both included. */
export interface Versions {
  readonly from: number;
  readonly to: number;
}

/** What was removed stands in every row, and in one of its own where there is no event. */
type FoundRow = { readonly removed_to: number } & (PageRow | { readonly position: null });

/** Some events of a stream. */
export interface StreamPage {
  readonly rows: readonly PageRow[];
  /** The last version that was removed of the stream. */
  readonly removedTo: number;
  /** There was no more when it was read. */
  readonly atEnd: boolean;
  /** There are fewer rows than asked for because these are so large. */
  readonly full: boolean;
}

interface Wanted extends Versions {
  readonly streamId: string;
}

type GroupRow = FoundRow & { readonly reader: string };

interface Waiting extends Wanted {
  resolve(page: StreamPage): void;
  reject(error: unknown): void;
}

/** So many events of a stream at most are read together with those of others; who wants more reads on alone. */
const groupPage = 100;
/** So many events at most are read alone, and so many where they are large: all of them are measured, also those that do not fit. */
const alonePage = 500;
const largePage = 50;

const maxStreams = 64;
const maxRunning = 2;
const maxWaiting = 20_000;

/**
 * Streams that are wanted at the same time are read by one statement, because a statement costs more than the few events of a usual
 * stream: while statements are under way the next readers gather. Who comes alone is served at once.
 */
export class GroupRead {
  readonly #pool: pg.Pool;
  readonly #schema: string;
  readonly #bytes: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  /** @param bytes - of data and metadata that are read at once, but for one event of each stream. */
  constructor(pool: pg.Pool, schema: string, bytes: number) {
    this.#pool = pool;
    this.#schema = schema;
    this.#bytes = bytes;
  }

  /**
   * The first events of a stream in these versions; no row where there is no such stream.
   * @throws Unavailable `read-queue-full` when too much waits.
   */
  read(streamId: string, versions: Versions): Promise<StreamPage> {
    if (this.#waiting.length >= maxWaiting) {
      throw new Unavailable(
        'read-queue-full',
        `${this.#waiting.length} streams wait to be read already: load fewer at once, or try again.`,
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ streamId, ...versions, resolve, reject });
      if (this.#running < maxRunning) void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    this.#running += 1;
    while (this.#waiting.length > 0) await this.#readGroup(this.#waiting.splice(0, maxStreams));
    this.#running -= 1;
  }

  async #readGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const bytes = Math.ceil(this.#bytes / maxStreams);
      const rows = await this.#query(group, groupPage, bytes);
      const byReader = group.map((): FoundRow[] => []);
      for (const row of rows) byReader[Number(row.reader) - 1]!.push(row);
      group.forEach(({ resolve }, index) => {
        resolve(pageOf(byReader[index]!, groupPage, bytes));
      });
    } catch (caught) {
      const error = toPostgresError(caught);
      // What the database refuses of one must not fail the others.
      if (group.length > 1 && !(error instanceof BanyanError && error.retryable)) {
        for (const one of group) await this.#readGroup([one]);
      } else for (const { reject } of group) reject(error);
    }
  }

  /** As `read`, by a statement of its own. */
  async readAlone(streamId: string, versions: Versions, areLarge: boolean): Promise<StreamPage> {
    const limit = areLarge ? largePage : alonePage;
    try {
      return pageOf(await this.#query([{ streamId, ...versions }], limit, this.#bytes), limit, this.#bytes);
    } catch (error) {
      throw toPostgresError(error);
    }
  }

  async #query(wanted: readonly Wanted[], limit: number, bytes: number): Promise<readonly GroupRow[]> {
    const values = [
      wanted.map(({ streamId }) => streamId),
      wanted.map(({ from }) => from),
      wanted.map(({ to }) => to),
    ];
    const text = statement(this.#schema, limit, bytes);
    return await withClient(this.#pool, (client) =>
      queryPrepared<GroupRow>(this.#pool, client, text, values),
    );
  }
}

/**
 * Arrays in selects of their own have no length that a plan could be made for, so one plan serves all: planning costs more than reading
 * the few events of a usual stream. The limits keep the planner from joining whole tables; partitions below a stream's beginning are not
 * looked into.
 */
function statement(schema: string, limit: number, bytes: number): string {
  const page = eventPage(schema, {
    where: 'e.stream = s.stream and e.position >= s.stream and e.version >= g.first and e.version <= g.last',
    order: 'version',
    limit: `${limit}`,
    bytes: `${bytes}`,
  });
  return `select g.reader, s.removed_to, e.*
    from unnest((select $1::text[]), (select $2::integer[]), (select $3::integer[])) with ordinality as g (stream_id, first, last, reader)
    cross join lateral (select stream, removed_to from ${quoteIdentifier(schema)}.streams s where s.stream_id = g.stream_id limit 1) as s
    left join lateral (${page}) as e on true
    order by g.reader, e.version`;
}

const isEvent = (row: FoundRow): row is FoundRow & PageRow => row.position !== null;

function pageOf(found: readonly FoundRow[], limit: number, bytes: number): StreamPage {
  const rows = found.filter(isEvent);
  const full = isFull(rows, bytes);
  return { rows, removedTo: found[0]?.removed_to ?? 0, atEnd: rows.length < limit && !full, full };
}
