import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';

/** The last position up to which every event was recorded longer ago than this, by the server's clock; 0 where none was. */
export async function positionBefore(pool: pg.Pool, schema: string, ageMs: number): Promise<bigint> {
  const text = `select ${quoteIdentifier(schema)}.position_before(
    clock_timestamp() - $1::double precision * interval '1 millisecond') as position`;
  const { rows } = await withClient(pool, (client) => client.query<{ position: string }>(text, [ageMs]));
  return BigInt(rows[0]!.position);
}
