import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type { Row } from '@banyan/runtime';
import type pg from 'pg';

const columnsSql = `
  select attname as name from pg_attribute
  where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''
  order by attnum`;

/** Values as the server writes them. A cast to text would write some differently than the log: `true` for `t`. */
const asWritten = { getTypeParser: () => (value: string) => value };

/** All rows of a table in the open snapshot, in batches, every value in the server's text form. */
export async function* readTable(client: pg.ClientBase, table: string, batch: number): AsyncGenerator<Row[]> {
  const columns = await client.query<{ name: string }>(columnsSql, [quoteTable(table)]);
  const list = columns.rows.map(({ name }) => quoteIdentifier(name)).join(', ');
  await client.query(
    `declare banyan_verify no scroll cursor for select ${list} from only ${quoteTable(table)}`,
  );
  try {
    for (;;) {
      const { rows } = await client.query<Row>({
        text: `fetch ${Math.trunc(batch)} from banyan_verify`,
        types: asWritten,
      });
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await client.query('close banyan_verify').catch(() => undefined);
  }
}
