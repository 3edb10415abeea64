import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';

/** How the rows of a table differ between the version in use and the new one, by the columns that both have. */
export interface TableComparison {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  /** Rows in use that the new version does not have. */
  readonly missing: number;
  /** Rows that the new version has beyond those in use. */
  readonly extra: number;
}

/** Compares a table of two schemas, row by row. */
export async function compareTable(
  client: pg.PoolClient,
  table: string,
  before: string,
  after: string,
): Promise<TableComparison> {
  const q = quoteIdentifier;
  const [old, made] = [`${q(before)}.${q(table)}`, `${q(after)}.${q(table)}`];
  const { rows: shared } = await client.query<{ attname: string }>(
    `select a.attname from pg_attribute a join pg_attribute b on b.attname = a.attname and b.attrelid = $2::regclass
     where a.attrelid = $1::regclass and a.attnum > 0 and b.attnum > 0 and not a.attisdropped and not b.attisdropped
     order by a.attnum`,
    [old, made],
  );
  // As text: json and other types have no equality of their own.
  const columns = shared.map(({ attname }) => `${q(attname)}::text`).join(', ') || '1';
  const less = (one: string, other: string) =>
    `(select count(*)::integer from (select ${columns} from ${one} except all select ${columns} from ${other}) as rest)`;
  const count = (one: string) => `(select count(*)::integer from ${one})`;
  const { rows } = await client.query<Omit<TableComparison, 'table'>>(
    `select ${count(old)} as "rowsBefore", ${count(made)} as "rowsAfter", ${less(old, made)} as missing, ${less(made, old)} as extra`,
  );
  return { table, ...rows[0]! };
}
