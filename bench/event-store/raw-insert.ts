import { metadataAfter } from '@banyan/runtime';
import pg from 'pg';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';
import type { Contender } from './contender.ts';
import { assertLoaded, emptyOrder, type Lines, withLines } from './order.ts';

/** What an event needs at the least, with the same two indexes as ours. */
export const rawTable = `create table events (
  position bigint generated always as identity primary key,
  stream_id text not null,
  version bigint not null,
  type text not null,
  schema_version integer not null,
  data jsonb not null,
  metadata jsonb not null,
  recorded_at timestamptz not null default clock_timestamp(),
  unique (stream_id, version)
)`;

const insert = {
  name: 'append',
  text: `insert into events (stream_id, version, type, schema_version, data, metadata)
    values ($1, $2, 'LinesAdded', 1, $3, $4)`,
};
const select = {
  name: 'load',
  text: 'select position, version, type, data, metadata from events where stream_id = $1 order by version',
};

/** Also for pgbench. */
export const maxConnections = 32;

/** One prepared insert per transaction, without a word about the order of positions: what SQL reaches from Node. */
export async function rawInsert(lab: Lab): Promise<Contender> {
  const url = await lab.database('raw_insert');
  await query(url, rawTable);
  const pool = new pg.Pool({ connectionString: url, max: maxConnections });
  pool.on('error', () => undefined);
  const append = (id: string, version: number, lines: Lines) =>
    pool.query({
      ...insert,
      values: [`order-${id}`, version, JSON.stringify(lines), metadataAfter(undefined)],
    });
  return {
    name: 'raw-insert',
    url,
    countSql: 'select count(*) from events',
    begin: async (id, changes) => {
      for (const [index, lines] of changes.entries()) await append(id, index + 1, lines);
    },
    change: async (id, lines) => {
      const { rows } = await pool.query<{ data: Lines }>({ ...select, values: [`order-${id}`] });
      assertLoaded(rows.reduce((order, { data }) => withLines(order, data), emptyOrder));
      await append(id, rows.length + 1, lines);
    },
    close: () => pool.end(),
  };
}
