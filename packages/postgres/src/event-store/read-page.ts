import { type FeedFilter, feedEventsRemoved, type RemovedEntries } from '@banyan/runtime';
import type pg from 'pg';
import { queryPrepared } from '../prepared-statement.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';
import { eventPage, isFull } from './event-page.ts';
import type { EventRow, PageRow } from './recorded-event.ts';

/** What to read of the log. */
export interface PageOptions {
  readonly after: bigint;
  /** Rows at most. */
  readonly limit: number;
  /** Bytes of data and metadata at most, but for one row. */
  readonly bytes: number;
  readonly filter: FeedFilter | undefined;
  /** Default `refuse`. */
  readonly removed: RemovedEntries | undefined;
}

/** A part of the log. */
export interface Page {
  readonly rows: readonly EventRow[];
  /** Everything that is wanted up to here is in `rows`. */
  readonly position: bigint;
  /** There was no more when it was read. */
  readonly atEnd: boolean;
  /** There are fewer rows than asked for because these are so large. */
  readonly full: boolean;
}

/** How many positions one statement looks at, so that a filter that hardly anything matches makes no long statement. */
const window = 20_000n;

/** What is known of the log stands in every row, and in one of its own where there is no event. */
type FoundRow = { readonly removed_to: string; readonly head?: string } & (
  | PageRow
  | { readonly position: null }
);

const isEvent = (row: FoundRow): row is FoundRow & PageRow => row.position !== null;

/**
 * The events after a position. Appends hold a lock until their events are visible, so nothing can turn up later at a lower
 * position than what is read.
 * @throws Terminal `feed-events-removed`; what was removed is looked up by the statement that reads, so that none can go between.
 */
export async function readPage(pool: pg.Pool, schema: string, options: PageOptions): Promise<Page> {
  return options.filter === undefined
    ? readAll(pool, schema, options)
    : readFiltered(pool, schema, options, options.filter);
}

async function readAll(pool: pg.Pool, schema: string, options: PageOptions): Promise<Page> {
  const { after, limit, bytes } = options;
  const page = eventPage(schema, { where: 'position > $1', order: 'position', limit: '$2', bytes: '$3' });
  const text = `select l.removed_to, e.* from ${quoteIdentifier(schema)}.log l left join lateral (${page}) as e on true
    order by e.position`;
  const found = await query(pool, text, [after.toString(), limit, bytes]);
  const removedTo = refuseRemoved(options, found[0]!);
  const rows = found.filter(isEvent);
  const last = rows.length === 0 ? after : BigInt(rows.at(-1)!.position);
  const full = isFull(rows, bytes);
  const atEnd = rows.length < limit && !full;
  return { rows, position: atEnd && removedTo > last ? removedTo : last, atEnd, full };
}

async function readFiltered(
  pool: pg.Pool,
  schema: string,
  options: PageOptions,
  { types, categories, streams }: FeedFilter,
): Promise<Page> {
  const { after, limit, bytes } = options;
  const own = quoteIdentifier(schema);
  const page = eventPage(schema, {
    where: `position > $1 and position <= $2 and position <= newest.head
        and ($3::text[] is null or type = any($3))
        and ($4::text[] is null or split_part(stream_id, '-', 1) = any($4))
        and ($5::text[] is null or stream_id = any($5))`,
    order: 'position',
    limit: '$6',
    bytes: '$7',
  });
  const text = `select l.removed_to, newest.head, e.* from ${own}.log l
    cross join lateral (
      select greatest((select max(position) from ${own}.events), l.removed_to) as head
    ) as newest
    left join lateral (${page}) as e on true
    order by e.position`;
  const end = after + window;
  const values = [
    after.toString(),
    end.toString(),
    types ?? null,
    categories ?? null,
    streams ?? null,
    limit,
    bytes,
  ];
  const found = await query(pool, text, values);
  refuseRemoved(options, found[0]!);
  const head = BigInt(found[0]!.head!);
  const rows = found.filter(isEvent);
  const full = isFull(rows, bytes);
  if (full || rows.length === limit)
    return { rows, position: BigInt(rows.at(-1)!.position), atEnd: false, full };
  const seen = end < head ? end : head;
  return { rows, position: seen > after ? seen : after, atEnd: seen === head || head < after, full };
}

/** Whoever follows asks after every notification, and most of what that costs is planning. */
function query(pool: pg.Pool, text: string, values: unknown[]): Promise<readonly FoundRow[]> {
  return withClient(pool, (client) => queryPrepared<FoundRow>(pool, client, text, values));
}

function refuseRemoved({ after, removed }: PageOptions, { removed_to }: FoundRow): bigint {
  const removedTo = BigInt(removed_to);
  if (removed !== 'skip' && after < removedTo) throw feedEventsRemoved(after, removedTo);
  return removedTo;
}
