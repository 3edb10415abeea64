import { notFound } from '../refusal.js';
import { SUMMARY, summary, VISIBLE_ITEMS } from './summary.js';

const isoTime = (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const ITEM = `${SUMMARY}, i.description,
  ${isoTime('i.created_at')} as created_at, ${isoTime('i.updated_at')} as updated_at
  ${VISIBLE_ITEMS} and i.id = $1`;

export async function findItem(db, id) {
  const { rows } = await db.query(ITEM, [id]);
  if (rows.length === 0) throw notFound(`item ${id} not found`);
  const [row] = rows;
  return {
    ...summary(row),
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
