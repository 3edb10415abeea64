import {
  checkExpected,
  type ExpectedVersion,
  type StreamStatus,
  streamConflict,
  streamUnknown,
} from '@banyan/runtime';
import type pg from 'pg';
import { encodeExpected } from '../event-store/append-batch.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { secondsOf, timeFrom } from '../time-column.ts';
import { inReadCommitted, withClient } from '../transaction.ts';

interface StatusRow {
  readonly version: number;
  readonly closed: boolean;
  readonly closed_at: number | null;
  readonly removed_to: number;
}

interface ClosedRow {
  readonly version: number;
  readonly outcome: 'closed' | 'conflict' | 'unknown';
}

/** What is known of a stream. See `EventRemoval.streamStatus`. */
export async function streamStatus(
  pool: pg.Pool,
  schema: string,
  streamId: string,
): Promise<StreamStatus | undefined> {
  const own = quoteIdentifier(schema);
  const text = `select latest.version, s.closed, ${secondsOf('s.closed_at')} as closed_at, s.removed_to
    from ${own}.streams s cross join lateral ${own}.stream_now(s.stream_id) as latest where s.stream_id = $1`;
  const [row] = (await withClient(pool, (client) => client.query<StatusRow>(text, [streamId]))).rows;
  if (row === undefined) return undefined;
  return {
    version: row.version,
    closed: row.closed,
    ...(row.closed_at === null ? {} : { closedAt: timeFrom(row.closed_at) }),
    removedTo: row.removed_to,
  };
}

/** Lets a stream take no more events. See `EventRemoval.closeStream`. */
export async function closeStream(
  pool: pg.Pool,
  schema: string,
  streamId: string,
  expected: ExpectedVersion = 'present',
): Promise<StreamStatus> {
  checkExpected(streamId, expected);
  const text = `select version, outcome from ${quoteIdentifier(schema)}.close_stream($1, $2)`;
  const values = [streamId, encodeExpected(expected)];
  const { rows } = await inReadCommitted(pool, (client) => client.query<ClosedRow>(text, values));
  const { version, outcome } = rows[0]!;
  if (outcome === 'unknown') throw streamUnknown(streamId);
  if (outcome === 'conflict') throw streamConflict(streamId, expected, version);
  return (await streamStatus(pool, schema, streamId))!;
}
