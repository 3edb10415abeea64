import { badRequest } from '../refusal.js';
import { SUMMARY, summary, VISIBLE_ITEMS } from './summary.js';

const MATCHING = `${VISIBLE_ITEMS} and (a.name || ' ' || i.title) ilike all ($1::text[])`;
const FOUND = `${SUMMARY} ${MATCHING} order by i.title collate "C", i.id limit 48`;

const pattern = (word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`;

export async function searchItems(db, query) {
  const q = (query ?? '').trim();
  if (q === '' || q.length > 100) throw badRequest('q must be 1 to 100 characters');
  // PostgreSQL's text holds no NUL, so nothing can match it
  if (q.includes('\0')) return { q, total: 0, items: [] };
  const patterns = q.split(/\s+/).map(pattern);
  const found = await db.query(FOUND, [patterns]);
  const count = await db.query(`select count(*)::integer as total ${MATCHING}`, [patterns]);
  return { q, total: count.rows[0].total, items: found.rows.map(summary) };
}
