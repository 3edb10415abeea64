import { notFound } from '../refusal.js';

const ORDER = `
  select id, request_id as "requestId", customer_id as "customerId", total::text as total,
         placed_at as "placedAt", returned_at as "returnedAt"
  from orders where id = $1`;

const LINES = `
  select l.item_id as "itemId", i.title, l.quantity, l.unit_price::text as "unitPrice"
  from order_lines l join items i on i.id = l.item_id
  where l.order_id = $1 order by l.id`;

export async function findOrder(db, id) {
  const { rows } = await db.query(ORDER, [id]);
  if (rows.length === 0) throw notFound(`order ${id} not found`);
  const lines = await db.query(LINES, [id]);
  return { ...rows[0], lines: lines.rows };
}
