import type pg from 'pg';
import { quoteIdentifier, quoteLiteral } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';

/** A partition of the log that is full and will never be written again. */
export interface OldPartition {
  /** The table's name. */
  readonly name: string;
  readonly firstPosition: bigint;
  readonly lastPosition: bigint;
  readonly events: number;
  readonly streams: number;
  /** How many of the streams are not closed. */
  readonly openStreams: number;
  /** Bytes on disk with indexes. */
  readonly bytes: number;
  /** Its detaching was begun and interrupted. */
  readonly detaching: boolean;
}

interface NameRow {
  readonly name: string;
  readonly first_position: string;
  readonly end_position: string;
  readonly detaching: boolean;
}

interface CountRow {
  readonly events: string;
  readonly streams: string;
  readonly open_streams: string;
  readonly bytes: string;
}

/** The attached partitions that end at a position or before it, the oldest first. Each is read as a whole to be counted. */
export async function* oldPartitions(
  pool: pg.Pool,
  schema: string,
  upTo: bigint,
): AsyncGenerator<OldPartition> {
  const own = quoteIdentifier(schema);
  const events = quoteLiteral(`${own}.events`);
  const text = `select p.name, p.first_position, p.end_position, i.inhdetachpending as detaching
    from ${own}.partitions p
    join pg_inherits i on i.inhrelid = to_regclass(format('%I.%I', $2::text, p.name)) and i.inhparent = ${events}::regclass
    where p.end_position - 1 <= $1 order by p.first_position`;
  const { rows } = await withClient(pool, (client) => client.query<NameRow>(text, [upTo.toString(), schema]));
  for (const { name, first_position, end_position, detaching } of rows) {
    const counted = await count(pool, own, `${own}.${quoteIdentifier(name)}`);
    yield {
      name,
      firstPosition: BigInt(first_position),
      lastPosition: BigInt(end_position) - 1n,
      ...counted,
      detaching,
    };
  }
}

async function count(pool: pg.Pool, own: string, partition: string) {
  const text = `with by_stream as (select stream_id, count(*) as events from ${partition} group by stream_id)
    select coalesce(sum(b.events), 0) as events, count(*) as streams, count(*) filter (where not s.closed) as open_streams,
      pg_total_relation_size($1::regclass) as bytes
    from by_stream b join ${own}.streams s on s.stream_id = b.stream_id`;
  const { rows } = await withClient(pool, (client) => client.query<CountRow>(text, [partition]));
  const { events, streams, open_streams, bytes } = rows[0]!;
  return {
    events: Number(events),
    streams: Number(streams),
    openStreams: Number(open_streams),
    bytes: Number(bytes),
  };
}
