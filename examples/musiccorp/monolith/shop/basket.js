import { transaction } from '../database.js';
import { notFound } from '../refusal.js';

const LARGEST_QUANTITY = 99;

const LINES = `
  select b.item_id as "itemId", i.title, a.name as artist, i.price::text as price, b.quantity,
         (i.price * b.quantity)::text as subtotal, i.stock >= b.quantity as "inStock"
  from basket_lines b
  join items i on i.id = b.item_id
  join artists a on a.id = i.artist_id
  where b.sid = $1 and i.withdrawn_at is null
  order by b.item_id`;

const TOTAL = `
  select coalesce(sum(i.price * b.quantity), 0)::numeric(12, 2)::text as total, coalesce(sum(b.quantity), 0)::integer as count
  from basket_lines b join items i on i.id = b.item_id
  where b.sid = $1 and i.withdrawn_at is null`;

const ADD = `
  insert into basket_lines (sid, item_id, quantity)
  select $1, id, $3 from items where id = $2 and withdrawn_at is null
  on conflict (sid, item_id) do update set quantity = least(basket_lines.quantity + excluded.quantity, ${LARGEST_QUANTITY})`;

export async function readBasket(db, sid) {
  if (!sid) return { lines: [], total: '0.00', count: 0 };
  const lines = await db.query(LINES, [sid]);
  const { rows } = await db.query(TOTAL, [sid]);
  return { lines: lines.rows, ...rows[0] };
}

export async function countBasket(db, sid) {
  if (!sid) return 0;
  const { rows } = await db.query(TOTAL, [sid]);
  return rows[0].count;
}

export async function addToBasket(pool, sid, { itemId, quantity }) {
  await transaction(pool, async (tx) => {
    await tx.query('insert into baskets (sid) values ($1) on conflict do nothing', [sid]);
    const { rowCount } = await tx.query(ADD, [sid, itemId, quantity]);
    if (rowCount === 0) throw notFound(`item ${itemId} not found`);
  });
}

export const removeFromBasket = (db, sid, itemId) =>
  db.query('delete from basket_lines where sid = $1 and item_id = $2', [sid, itemId]);

export const emptyBasket = (db, sid) => db.query('delete from baskets where sid = $1', [sid]);
