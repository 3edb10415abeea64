import { type RecordedEvent, type StreamRange, streamEventsRemoved } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { type EventRow, eventColumns, recordedEvent } from './recorded-event.ts';

const pageSize = 500;

/** What was removed stands in every row, and in one of its own where there is no event. */
type FoundRow = { readonly removed_to: number } & (EventRow | { readonly position: null });

const isEvent = (row: FoundRow): row is FoundRow & EventRow => row.position !== null;

/** The events of a stream in order, page by page. See `EventStore.readStream`. */
export async function* readStream(
  pool: pg.Pool,
  schema: string,
  streamId: string,
  range: StreamRange = {},
): AsyncGenerator<RecordedEvent> {
  const own = quoteIdentifier(schema);
  const text = `select s.removed_to, e.* from ${own}.streams s
    left join lateral (
      select ${eventColumns} from ${own}.events e
      where e.stream = s.stream and e.position >= s.stream and version >= $2 and ($3::bigint is null or version <= $3)
      order by version limit ${pageSize}
    ) as e on true
    where s.stream_id = $1 order by e.version`;
  const { to = Number.POSITIVE_INFINITY } = range;
  let next = range.from ?? 1;
  while (next <= to) {
    const { rows: found } = await pool
      .query<FoundRow>(text, [streamId, next, range.to ?? null])
      .catch((error: unknown) => {
        throw toPostgresError(error);
      });
    const removedTo = found[0]?.removed_to ?? 0;
    // Also when it was removed since the page before.
    if (next <= removedTo) throw streamEventsRemoved(streamId, next, removedTo);
    const rows = found.filter(isEvent);
    yield* rows.map(recordedEvent);
    if (rows.length < pageSize) return;
    next += rows.length;
  }
}
