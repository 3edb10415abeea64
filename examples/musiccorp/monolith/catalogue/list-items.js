import { SUMMARY, summary, VISIBLE_ITEMS } from './summary.js';

const PAGE_SIZE = 24;

const ORDERS = {
  title: 'i.title collate "C", i.id',
  price: 'i.price, i.id',
  '-price': 'i.price desc, i.id',
  newest: 'i.released_on desc, i.id',
  bestselling: 'i.sold_last_30_days desc, i.id',
};

export const SORTS = Object.keys(ORDERS);

const CHOSEN = `${VISIBLE_ITEMS}
  and ($1::text is null or g.slug = $1) and ($2::integer is null or i.artist_id = $2)`;

export async function listItems(db, { genre, artist, page = 1, sort = 'title' }) {
  const chosen = [genre ?? null, artist ?? null];
  const rows = await db.query(`${SUMMARY} ${CHOSEN} order by ${ORDERS[sort]} limit ${PAGE_SIZE} offset $3`, [
    ...chosen,
    (page - 1) * PAGE_SIZE,
  ]);
  const count = await db.query(`select count(*)::integer as total ${CHOSEN}`, chosen);
  return { page, pageSize: PAGE_SIZE, total: count.rows[0].total, items: rows.rows.map(summary) };
}
