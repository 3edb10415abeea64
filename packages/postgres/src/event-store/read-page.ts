import type { FeedFilter } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { type EventRow, eventColumns } from './recorded-event.ts';

/** What to read of the log. */
export interface PageOptions {
  readonly after: bigint;
  /** Rows at most. */
  readonly limit: number;
  readonly filter: FeedFilter | undefined;
}

/** A part of the log. */
export interface Page {
  readonly rows: readonly EventRow[];
  /** Everything that is wanted up to here is in `rows`. */
  readonly position: bigint;
  /** There was no more when it was read. */
  readonly atEnd: boolean;
}

/** How many positions one statement looks at, so that a filter that hardly anything matches makes no long statement. */
const window = 20_000n;

/**
 * The events after a position. Appends hold a lock until their events are visible, so nothing can turn up later at a lower
 * position than what is read.
 */
export async function readPage(pool: pg.Pool, schema: string, options: PageOptions): Promise<Page> {
  return options.filter === undefined
    ? readAll(pool, schema, options)
    : readFiltered(pool, schema, options, options.filter);
}

async function readAll(pool: pg.Pool, schema: string, { after, limit }: PageOptions): Promise<Page> {
  const text = `select ${eventColumns} from ${quoteIdentifier(schema)}.events e where position > $1 order by position limit $2`;
  const { rows } = await pool.query<EventRow>(text, [after.toString(), limit]);
  const position = rows.length === 0 ? after : BigInt(rows.at(-1)!.position);
  return { rows, position, atEnd: rows.length < limit };
}

/** The head stands in every row, and in one of its own where nothing matches. */
async function readFiltered(
  pool: pg.Pool,
  schema: string,
  { after, limit }: PageOptions,
  { types, categories, streams }: FeedFilter,
): Promise<Page> {
  const events = `${quoteIdentifier(schema)}.events`;
  const text = `select newest.head, e.* from (select coalesce(max(position), 0) as head from ${events}) as newest
    left join lateral (
      select ${eventColumns} from ${events} e
      where position > $1 and position <= $2 and position <= newest.head
        and ($3::text[] is null or type = any($3))
        and ($4::text[] is null or split_part(stream_id, '-', 1) = any($4))
        and ($5::text[] is null or stream_id = any($5))
      order by position limit $6
    ) as e on true
    order by e.position`;
  const end = after + window;
  const values = [
    after.toString(),
    end.toString(),
    types ?? null,
    categories ?? null,
    streams ?? null,
    limit,
  ];
  const found = await pool.query<{ head: string } & (EventRow | { position: null })>(text, values);
  const head = BigInt(found.rows[0]!.head);
  const rows = found.rows.filter((row): row is { head: string } & EventRow => row.position !== null);
  if (rows.length === limit) return { rows, position: BigInt(rows.at(-1)!.position), atEnd: false };
  const seen = end < head ? end : head;
  return { rows, position: seen > after ? seen : after, atEnd: seen === head || head < after };
}
