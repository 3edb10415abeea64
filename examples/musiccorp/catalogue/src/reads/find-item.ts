import type pg from 'pg';
import { notFound } from './refusal.ts';
import { type Summary, type SummaryRow, shownItems, summary, summaryColumns } from './summary.ts';

const isoTime = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const statement = `
  select ${summaryColumns}, i.description,
         ${isoTime('i.added_at')} as added_at, ${isoTime('i.edited_at')} as edited_at
  ${shownItems} and i.item_id = $1`;

/** One item with everything that is told of it. */
export interface Item extends Summary {
  readonly description: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface ItemRow extends SummaryRow {
  readonly description: string;
  readonly added_at: string;
  readonly edited_at: string;
}

/**
 * `GET /api/items/:id`.
 * @throws Refusal when there is none or it is withdrawn.
 */
export async function findItem(pool: pg.Pool, id: number): Promise<Item> {
  const { rows } = await pool.query<ItemRow>(statement, [id]);
  const [row] = rows;
  if (row === undefined) throw notFound(`item ${id} not found`);
  return {
    ...summary(row),
    description: row.description,
    createdAt: row.added_at,
    updatedAt: row.edited_at,
  };
}
