import { SUMMARY, summary } from '../catalogue/summary.js';
import { findCustomer } from '../shop/customers.js';

const RECOMMENDED = `${SUMMARY}
  from recommendations r
  join items i on i.id = r.item_id
  join artists a on a.id = i.artist_id
  join genres g on g.id = i.genre_id
  where r.customer_id = $1 and i.withdrawn_at is null
  order by r.rank`;

export async function recommendedItems(db, customerId) {
  await findCustomer(db, customerId);
  const { rows } = await db.query(RECOMMENDED, [customerId]);
  return { customerId, items: rows.map(summary) };
}
