import { BanyanError, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { queryPrepared } from '../prepared-statement.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';
import { type EventRow, eventColumns } from './recorded-event.ts';

/** Versions of a stream, both included. */
export interface Versions {
  readonly from: number;
  readonly to: number;
}

/** What was removed stands in every row, and in one of its own where there is no event. */
export type FoundRow = { readonly removed_to: number } & (EventRow | { readonly position: null });

interface Wanted extends Versions {
  readonly streamId: string;
}

type GroupRow = FoundRow & { readonly reader: string };

interface Waiting extends Wanted {
  resolve(rows: readonly FoundRow[]): void;
  reject(error: unknown): void;
}

/** So many events of a stream at most are read together with those of others; who wants more reads on alone. */
export const groupPage = 100;
/** So many events at most are read alone. */
export const alonePage = 500;

const maxStreams = 64;
const maxRunning = 2;
const maxWaiting = 20_000;

/**
 * Streams that are wanted at the same time are read by one statement, because a statement costs more than the few events of a usual
 * stream: while statements are under way the next readers gather. Who comes alone is served at once.
 */
export class GroupRead {
  readonly #pool: pg.Pool;
  readonly #statement: (limit: number) => string;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(pool: pg.Pool, schema: string) {
    this.#pool = pool;
    this.#statement = (limit) => statement(schema, limit);
  }

  /**
   * The first events of a stream in these versions, `groupPage` at most; no row where there is no such stream.
   * @throws Unavailable `read-queue-full` when too much waits.
   */
  read(streamId: string, versions: Versions): Promise<readonly FoundRow[]> {
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
      const rows = await this.#query(group, groupPage);
      const byReader = group.map((): FoundRow[] => []);
      for (const row of rows) byReader[Number(row.reader) - 1]!.push(row);
      group.forEach(({ resolve }, index) => {
        resolve(byReader[index]!);
      });
    } catch (caught) {
      const error = toPostgresError(caught);
      // What the database refuses of one must not fail the others.
      if (group.length > 1 && !(error instanceof BanyanError && error.retryable)) {
        for (const one of group) await this.#readGroup([one]);
      } else for (const { reject } of group) reject(error);
    }
  }

  /** As `read`, by a statement of its own: `alonePage` at most. */
  async readAlone(streamId: string, versions: Versions): Promise<readonly FoundRow[]> {
    try {
      return await this.#query([{ streamId, ...versions }], alonePage);
    } catch (error) {
      throw toPostgresError(error);
    }
  }

  async #query(wanted: readonly Wanted[], limit: number): Promise<readonly GroupRow[]> {
    const values = [
      wanted.map(({ streamId }) => streamId),
      wanted.map(({ from }) => from),
      wanted.map(({ to }) => to),
    ];
    return await withClient(this.#pool, (client) =>
      queryPrepared<GroupRow>(this.#pool, client, this.#statement(limit), values),
    );
  }
}

/**
 * Arrays in selects of their own have no length that a plan could be made for, so one plan serves all: planning costs more than reading
 * the few events of a usual stream. The limits keep the planner from joining whole tables; partitions below a stream's beginning are not
 * looked into.
 */
function statement(schema: string, limit: number): string {
  const own = quoteIdentifier(schema);
  return `select g.reader, s.removed_to, e.*
    from unnest((select $1::text[]), (select $2::integer[]), (select $3::integer[])) with ordinality as g (stream_id, first, last, reader)
    cross join lateral (select stream, removed_to from ${own}.streams s where s.stream_id = g.stream_id limit 1) as s
    left join lateral (
      select ${eventColumns} from ${own}.events e
      where e.stream = s.stream and e.position >= s.stream and e.version >= g.first and e.version <= g.last
      order by e.version limit ${limit}
    ) as e on true
    order by g.reader, e.version`;
}
