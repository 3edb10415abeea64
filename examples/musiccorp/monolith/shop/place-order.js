import { transaction } from '../database.js';
import { conflict, notFound } from '../refusal.js';
import { findOrder } from './find-order.js';

// always in the order of ids, so that two orders for the same items cannot wait for each other in a circle
const LOCK_ITEMS = `
  select id, price::text as price, stock from items
  where id = any ($1) and withdrawn_at is null
  order by id for no key update`;

const INSERT_ORDER = `
  insert into orders (request_id, customer_id, country_code, total)
  select $1, c.id, c.country_code, (select sum(q * p) from unnest($3::integer[], $4::numeric[]) as l(q, p))
  from customers c where c.id = $2
  on conflict (request_id) do nothing
  returning id`;

const INSERT_LINES = `
  insert into order_lines (order_id, item_id, quantity, unit_price)
  select $1, l.* from unnest($2::integer[], $3::integer[], $4::numeric[]) as l`;

// Knot: finance, warehouse and shop in one transaction. Whoever splits them off needs a saga in its place.
const BOOK_SALE = `
  insert into ledger_entries (kind, order_line_id, amount)
  select 'sale', id, quantity * unit_price from order_lines where order_id = $1`;

const INSTRUCT_PICKERS = `
  insert into picks (order_line_id, item_id, shelf, quantity)
  select l.id, l.item_id, i.shelf, l.quantity from order_lines l join items i on i.id = l.item_id where l.order_id = $1`;

const TAKE_STOCK = `
  update items i set stock = i.stock - l.quantity from order_lines l where l.order_id = $1 and l.item_id = i.id`;

const TOUCH_CUSTOMER = `
  update customers set last_payment_at = now(), delivery_address = coalesce($2, delivery_address) where id = $1`;

/** Takes an order, or returns the one that the same request placed before. */
export async function placeOrder(pool, wanted) {
  const placed = await transaction(pool, (tx) => placeWithin(tx, wanted));
  return { created: placed.created, order: await findOrder(pool, placed.id) };
}

async function placeWithin(tx, { requestId, customerId, lines, deliveryAddress }) {
  const sorted = [...lines].sort((a, b) => a.itemId - b.itemId);
  const locked = await tx.query(LOCK_ITEMS, [sorted.map((line) => line.itemId)]);
  // only now: a twin of this request that held the locks has committed
  const earlier = await earlierOrder(tx, requestId, customerId);
  if (earlier !== undefined) return { created: false, id: earlier };
  const items = new Map(locked.rows.map((row) => [row.id, row]));
  refuseWhatIsNotThere(sorted, items);

  const ids = sorted.map((line) => line.itemId);
  const quantities = sorted.map((line) => line.quantity);
  const prices = ids.map((id) => items.get(id).price);
  const order = await insertOrder(tx, { requestId, customerId, quantities, prices });
  if (!order.created) return order;
  await tx.query(INSERT_LINES, [order.id, ids, quantities, prices]);
  await tx.query(BOOK_SALE, [order.id]);
  await tx.query(INSTRUCT_PICKERS, [order.id]);
  await tx.query(TAKE_STOCK, [order.id]);
  await tx.query(TOUCH_CUSTOMER, [customerId, deliveryAddress ?? null]);
  return order;
}

async function insertOrder(tx, { requestId, customerId, quantities, prices }) {
  const { rows } = await tx.query(INSERT_ORDER, [requestId, customerId, quantities, prices]);
  if (rows.length > 0) return { created: true, id: rows[0].id };
  const earlier = await earlierOrder(tx, requestId, customerId);
  if (earlier === undefined) throw notFound(`customer ${customerId} not found`);
  return { created: false, id: earlier };
}

async function earlierOrder(tx, requestId, customerId) {
  const { rows } = await tx.query('select id, customer_id from orders where request_id = $1', [requestId]);
  if (rows.length === 0) return undefined;
  if (rows[0].customer_id !== customerId)
    throw conflict(`requestId ${requestId} placed another customer's order`);
  return rows[0].id;
}

function refuseWhatIsNotThere(lines, items) {
  for (const { itemId, quantity } of lines) {
    const item = items.get(itemId);
    if (!item) throw notFound(`item ${itemId} not found`);
    if (item.stock === 0) throw conflict(`item ${itemId} is out of stock`);
    if (item.stock < quantity) throw conflict(`only ${item.stock} of item ${itemId} are in stock`);
  }
}
