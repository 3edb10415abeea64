import { testDatabase } from '@banyan/postgres/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningShop, runShop } from './testing/running-shop.ts';

let shop: RunningShop;
beforeAll(async () => {
  shop = await runShop(await testDatabase());
});
afterAll(() => shop?.[Symbol.asyncDispose]());

test('the nightly job restocks, books what it bought, and dispatches what is due', async () => {
  await shop.rows('update items set reorder_level = stock + 1 where id = 1');
  const before = await shop.rows('select stock from items where id = 1');
  await shop.nightly();
  const after = await shop.rows('select stock from items where id = 1');
  expect(after[0]?.[0]).toBeGreaterThan(before[0]?.[0]);
  const due = await shop.rows(
    `select p.id from picks p join order_lines l on l.id = p.order_line_id join orders o on o.id = l.order_id
     where p.status = 'open' and o.placed_at < now() - interval '4 hours'`,
  );
  expect(due).toEqual([]);
  expect(await shop.broken()).toEqual([]);
});

test('the nightly job runs while people order, and nothing is lost', async () => {
  const sold = await shop.rows('select id from items where stock > 20 order by id limit 5');
  const order = (index: number) =>
    shop.call('POST', '/api/orders', {
      requestId: `night-${index}`,
      customerId: 1 + (index % 20),
      lines: sold.map(([itemId]) => ({ itemId, quantity: 1 })),
    });
  const job = shop.nightly();
  const replies = [];
  for (let index = 0; index < 15; index += 1) replies.push(await order(index));
  await job;
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 201));
  expect(await shop.broken()).toEqual([]);
});

test('what is recommended is not what the customer has', async () => {
  await shop.nightly();
  const owned = await shop.rows(
    `select r.item_id from recommendations r join orders o on o.customer_id = r.customer_id
     join order_lines l on l.order_id = o.id and l.item_id = r.item_id`,
  );
  expect(owned).toEqual([]);
  const [[count] = []] = await shop.rows('select count(*)::integer from recommendations');
  expect(count).toBeGreaterThan(0);
});
