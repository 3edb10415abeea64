import type pg from 'pg';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';

/** A stream, and how many events whoever made it has given it. */
export interface MadeStream {
  readonly stream: string;
  readonly events: number;
}

/**
 * Takes streams out of the log as if they had never been, in a transaction of isolation level read committed that has the lock of the log from
 * then on: for who has begun them by mistake or in an attempt that is given up. A stream to which anybody else has appended stays as it is. Unlike with
 * `removeEvents` a stream of that name may begin anew at version 1, and nobody who has read the events is told.
 * @returns The streams that are gone.
 */
export async function forgetStreams(
  client: pg.ClientBase,
  streams: readonly MadeStream[],
  { schema = defaultSchema }: { readonly schema?: string } = {},
): Promise<readonly string[]> {
  const own = quoteIdentifier(schema);
  await client.query(`select ${own}.lock_log()`);
  const { rows } = await client.query<{ stream_id: string }>(
    `with made as materialized (
      select s.stream, s.stream_id from unnest($1::text[], $2::bigint[]) as t (id, events)
      join ${own}.streams s on s.stream_id = t.id
      where s.removed_to = 0 and not s.closed and t.events = (
        select e.version from ${own}.events e where e.stream = s.stream and e.position >= s.stream order by e.version desc limit 1)
    ),
    events as (delete from ${own}.events e using made where e.stream = made.stream and e.position >= made.stream),
    snapshots as (delete from ${own}.snapshots s using made where s.stream_id = made.stream_id)
    delete from ${own}.streams s using made where s.stream_id = made.stream_id returning s.stream_id`,
    [streams.map(({ stream }) => stream), streams.map(({ events }) => events)],
  );
  return rows.map((row) => row.stream_id);
}
