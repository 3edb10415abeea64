import type { RetentionPolicy } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';

const pageSize = 500;

interface StreamRow {
  readonly stream_id: string;
  readonly closed_at: string | null;
}

/**
 * The streams whose events a policy may let go, page by page: the closed ones in the order of closing, or all of some categories in the
 * order of their ids.
 */
export async function* streamPages(
  pool: pg.Pool,
  schema: string,
  policy: RetentionPolicy,
  upTo: bigint,
): AsyncGenerator<readonly string[]> {
  const pages =
    policy.closedForMs === undefined
      ? ofCategories(quoteIdentifier(schema), policy.categories ?? [])
      : ofClosed(quoteIdentifier(schema), policy.closedForMs, policy.categories);
  let last: StreamRow | undefined;
  for (;;) {
    const { text, values } = pages(last);
    const { rows } = await withClient(pool, (client) =>
      client.query<StreamRow>(text, [upTo.toString(), pageSize, ...values]),
    );
    if (rows.length > 0) yield rows.map(({ stream_id }) => stream_id);
    if (rows.length < pageSize) return;
    last = rows.at(-1);
  }
}

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** As text, so that no digit of the time is lost on the way. */
function ofClosed(own: string, closedForMs: number, categories: readonly string[] | undefined) {
  const text = `select stream_id, closed_at::text from ${own}.streams
    where closed and emptied_at is null and stream <= $1
      and closed_at < clock_timestamp() - $3::double precision * interval '1 millisecond'
      and ($4::text[] is null or split_part(stream_id, '-', 1) = any($4))
      and (closed_at, stream_id) > ($5::timestamptz, $6 collate "C")
    order by closed_at, stream_id limit $2`;
  return (last: StreamRow | undefined): Statement => ({
    text,
    values: [closedForMs, categories ?? null, last?.closed_at ?? '-infinity', last?.stream_id ?? ''],
  });
}

/** Of each category a range of the index: `.` comes next after `-`. */
function ofCategories(own: string, categories: readonly string[]) {
  const text = `select distinct s.stream_id, null as closed_at from unnest($3::text[]) as c (category)
    cross join lateral (
      select stream_id from ${own}.streams
      where (stream_id = c.category or (stream_id >= c.category || '-' and stream_id < c.category || '.'))
        and stream_id > $4 collate "C" and stream <= $1
      order by stream_id limit $2
    ) as s
    order by s.stream_id limit $2`;
  return (last: StreamRow | undefined): Statement => ({
    text,
    values: [categories, last?.stream_id ?? ''],
  });
}
