import { changeFeed } from '@banyan/postgres';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';

/** The name that ours has for the feed of this benchmark. */
export const feedName = 'bench';

/** Rows that wait in the write-ahead log. */
export interface Backlog {
  readonly url: string;
  readonly rows: number;
  /** What publishes the table. */
  readonly publication: string;
  /** Every reader gets a copy of this slot, so that all read the same log from the same place. */
  readonly slot: string;
  /** Where the slot begins. */
  readonly start: bigint;
  /** A position behind the last row, as PostgreSQL writes it. */
  readonly end: string;
}

const rowsPerTransaction = 10;
const original = 'bench_original';

/** Five narrow columns, as a line of an order has them. */
const table = `create table order_lines (
  id bigint primary key, sku text not null, quantity integer not null, price numeric(10, 2) not null, at timestamptz not null
)`;

/** Makes a database with a table, a slot and a publication, and then writes the rows, ten in a transaction. */
export async function writeBacklog(lab: Lab): Promise<Backlog> {
  const { rows, seed } = lab.options;
  const url = await lab.database('feed');
  await query(url, table);
  const { slot, publication, start } = await openFeed(url);
  await query(url, `select pg_copy_logical_replication_slot($1, $2)`, [slot, original]);
  lab.note(`Writing ${rows.toLocaleString('en')} rows, ${rowsPerTransaction} in a transaction.`);
  await query(url, writing(rows, seed));
  const [found] = await query(
    url,
    'select count(*) as count, pg_current_wal_insert_lsn() as end from order_lines',
  );
  if (Number(found!.count) !== rows) throw new Error(`${found!.count} of ${rows} rows were written.`);
  return { url, rows, publication, slot: original, start, end: String(found!.end) };
}

/** Has ours make its slot and its publication, which must be there before the rows are. */
async function openFeed(url: string): Promise<{ slot: string; publication: string; start: bigint }> {
  let start = 0n;
  for await (const { entries, position } of changeFeed(config(url)).read({ after: 0n })) {
    start = position;
    if (entries.some(({ kind }) => kind === 'snapshot-end')) break;
  }
  const [made] = await query(
    url,
    `select slot_name as slot, (select pubname from pg_publication) as publication
     from pg_replication_slots where database = current_database()`,
  );
  return { slot: made!.slot as string, publication: made!.publication as string, start };
}

/** How ours follows the table. */
export function config(url: string) {
  return { url, name: feedName, tables: ['public.order_lines'] };
}

/** The commits are not waited for, which is faster and leaves the same log. */
function writing(rows: number, seed: number): string {
  return `do $$ begin
    perform set_config('synchronous_commit', 'off', false), setseed(${(seed % 1000) / 1000});
    for low in 1 .. ${rows} by ${rowsPerTransaction} loop
      insert into order_lines
      select id, 'sku-' || (random() * 10000)::int, 1 + (random() * 5)::int, (random() * 100)::numeric(10, 2), clock_timestamp()
      from generate_series(low, least(low + ${rowsPerTransaction - 1}, ${rows})) as id;
      commit;
    end loop;
  end $$`;
}
