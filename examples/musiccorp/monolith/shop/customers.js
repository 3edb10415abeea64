import { notFound } from '../refusal.js';

const CUSTOMER = `
  select c.id, c.name, c.email, c.country_code as country, c.delivery_address as "deliveryAddress",
         c.last_delivered_at as "lastDeliveredAt", c.credit::text as credit,
         c.last_payment_at as "lastPaymentAt", c.created_at as "createdAt"
  from customers c where c.id = $1`;

const ORDERS = `
  select o.id, o.total::text as total, o.placed_at as "placedAt", o.returned_at as "returnedAt",
         (select count(*)::integer from order_lines l where l.order_id = o.id) as lines
  from orders o where o.customer_id = $1
  order by o.placed_at desc, o.id desc limit 50`;

export async function findCustomer(db, id) {
  const { rows } = await db.query(CUSTOMER, [id]);
  if (rows.length === 0) throw notFound(`customer ${id} not found`);
  return rows[0];
}

export async function listCustomerOrders(db, id) {
  await findCustomer(db, id);
  const { rows } = await db.query(ORDERS, [id]);
  return { orders: rows };
}
