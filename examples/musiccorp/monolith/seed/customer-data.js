import { address, personName } from './phrases.js';
import { weighted } from './random.js';
import { COUNTRIES } from './words.js';

const DAY = 86_400_000;

export function customerRows(count, until, random) {
  const country = weighted(
    COUNTRIES.map(([, , , share]) => share),
    random,
  );
  return Array.from({ length: count }, (_, index) => {
    const name = personName(random);
    const mailbox = name
      .normalize('NFD')
      .toLowerCase()
      .replace(/[^a-z]+/g, '.');
    return {
      id: index + 1,
      name,
      email: `${mailbox}.${index + 1}@example.org`,
      country_code: COUNTRIES[country()][0],
      delivery_address: address(random),
      created_at: new Date(until - 3 * 365 * DAY - random.between(0, 400) * DAY),
    };
  });
}

/** Writes into the customers what finance and the warehouse know of them after these orders. */
export function settleCustomers(customers, orders, picks) {
  const credits = new Map();
  const payments = new Map();
  const deliveries = new Map();
  for (const order of orders) {
    payments.set(order.customer_id, order.placed_at);
    if (order.returned_at)
      credits.set(order.customer_id, (credits.get(order.customer_id) ?? 0) + Math.round(order.total * 100));
  }
  for (const pick of picks)
    if (pick.dispatched_at)
      deliveries.set(pick.customer_id, new Date(pick.dispatched_at.getTime() + 2 * DAY));
  for (const customer of customers) {
    customer.credit = (credits.get(customer.id) ?? 0) / 100;
    customer.last_payment_at = payments.get(customer.id) ?? null;
    customer.last_delivered_at = deliveries.get(customer.id) ?? null;
  }
}
