// Knot: this job knows every table and goes past the application straight to them, as nightly jobs do.
import { openDatabase, transaction } from './database.js';
import { countSales, recommend } from './recommendation/recompute.js';

const RESTOCK = `
  with low as (
    select id, reorder_level, price from items
    where stock < reorder_level and withdrawn_at is null
    order by id for no key update
  ), bought as (
    insert into restocks (item_id, quantity, unit_cost)
    select id, reorder_level * 2 + 10, round(price * 0.55, 2) from low
    returning id, item_id, quantity, unit_cost
  ), booked as (
    insert into ledger_entries (kind, restock_id, amount)
    select 'purchase', id, -quantity * unit_cost from bought
  )
  update items i set stock = i.stock + b.quantity from bought b where b.item_id = i.id`;

// customers in the order of their ids, like every job that takes many; a pick that a return holds is left for tomorrow
const DISPATCH = `
  with due as (
    select p.id, o.customer_id
    from picks p join order_lines l on l.id = p.order_line_id join orders o on o.id = l.order_id
    where p.status = 'open' and o.placed_at < now() - interval '4 hours'
    for no key update of p skip locked
  ), sent as (
    update picks p set status = 'dispatched', dispatched_at = now() from due d where d.id = p.id
    returning d.customer_id
  ), receivers as (
    select id from customers where id in (select customer_id from sent) order by id for no key update
  )
  update customers c set last_delivered_at = now() from receivers r where r.id = c.id`;

const DROP_OLD_BASKETS = `delete from baskets where created_at < now() - interval '7 days'`;

const STEPS = [
  ['dispatch what was picked', (tx) => tx.query(DISPATCH)],
  ['restock what runs low', (tx) => tx.query(RESTOCK)],
  ['count the sales of 30 days', countSales],
  ['recompute recommendations', recommend],
  ['drop old baskets', (tx) => tx.query(DROP_OLD_BASKETS)],
];

if (!process.env.DATABASE_URL) {
  console.error("musiccorp nightly: set DATABASE_URL to MusicCorp's database");
  process.exit(1);
}
const pool = openDatabase(process.env.DATABASE_URL);
try {
  for (const [name, step] of STEPS) {
    await transaction(pool, step);
    console.error(`musiccorp nightly: ${name}`);
  }
} catch (error) {
  console.error(`musiccorp nightly: ${error.message}`);
  process.exitCode = 1;
} finally {
  await pool.end();
}
