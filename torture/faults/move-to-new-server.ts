import type { Candidate } from '../candidates/candidate.ts';
import { connectTo } from '../run/query.ts';

/** Uses up transaction ids, as the years do. */
export async function burnTransactions(url: string, count: number): Promise<void> {
  await using client = await connectTo(url);
  await client.query(`do $$ begin
    for n in 1..${count} loop perform pg_current_xact_id(); commit; end loop;
  end $$`);
}

/** The id of the next transaction. */
export async function transactionId(url: string): Promise<number> {
  await using client = await connectTo(url);
  const { rows } = await client.query<{ id: string }>('select pg_current_xact_id()::text as id');
  return Number(rows[0]!.id);
}

/**
 * Copies the rows of a candidate's tables as they are, each column as text, into tables that are there already, and puts the sequences
 * where they were: what a dump and a restore of the data do.
 */
export async function copyRows({ tables }: Candidate, from: string, to: string): Promise<void> {
  await using source = await connectTo(from);
  await using target = await connectTo(to);
  for (const table of [...tables.dumped, 'effects']) {
    const { rows } = await source.query<{ all: string }>(
      `select coalesce(jsonb_agg(t), '[]')::text as all from ${table} t`,
    );
    await target.query(
      `insert into ${table} overriding system value select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [rows[0]!.all],
    );
  }
  await target.query(tables.setSequences);
  await target.query(`select setval('effects_id_seq', (select coalesce(max(id), 1) from effects))`);
}
