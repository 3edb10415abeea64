import { transaction } from '../database.js';
import { conflict, notFound } from '../refusal.js';
import { findOrder } from './find-order.js';

// the same order of locks as placing an order: items by id, then the rest
const LOCK_ITEMS = `
  select i.id from items i
  where i.id in (select item_id from order_lines where order_id = $1)
  order by i.id for no key update`;

const MARK_RETURNED = `
  update orders set returned_at = now() where id = $1 and returned_at is null
  returning customer_id, total::text as total`;

const BOOK_RETURN = `
  insert into ledger_entries (kind, order_line_id, amount)
  select 'return', id, -quantity * unit_price from order_lines where order_id = $1`;

const PUT_STOCK_BACK = `
  update items i set stock = i.stock + l.quantity from order_lines l where l.order_id = $1 and l.item_id = i.id`;

const CANCEL_PICKS = `
  update picks set status = 'cancelled'
  where status = 'open' and order_line_id in (select id from order_lines where order_id = $1)`;

const GIVE_CREDIT = 'update customers set credit = credit + $2 where id = $1';

/** Takes a whole order back. */
export async function returnOrder(pool, id) {
  await transaction(pool, (tx) => returnWithin(tx, id));
  return findOrder(pool, id);
}

async function returnWithin(tx, id) {
  const items = await tx.query(LOCK_ITEMS, [id]);
  if (items.rows.length === 0) throw notFound(`order ${id} not found`);
  const { rows } = await tx.query(MARK_RETURNED, [id]);
  if (rows.length === 0) throw conflict(`order ${id} was returned before`);
  await tx.query(BOOK_RETURN, [id]);
  await tx.query(PUT_STOCK_BACK, [id]);
  await tx.query(CANCEL_PICKS, [id]);
  await tx.query(GIVE_CREDIT, [rows[0].customer_id, rows[0].total]);
}
