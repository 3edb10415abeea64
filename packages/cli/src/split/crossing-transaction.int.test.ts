import { seededRandom } from '@banyan/runtime/testing';
import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { placeOrder, shopAtMonolith, shopAtWarehouse, startShoppers } from '../testing/crossing-shop.ts';
import { splitsSystem } from '../testing/splits-system.ts';
import { unsteadyHandlers } from '../testing/unsteady-handlers.ts';

/** `SEED=17 npx vitest run crossing-transaction` for the same choices again. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

const stock = `{ service: 'warehouse', tables: ['public.stock'],
  seam: { transactions: { 'public.orders': { saga: { open: "status = 'placed'" } } } } }`;

const rows = async (pool: pg.Pool, sql: string) => (await pool.query(sql)).rows;

describe(`a transaction that crosses the seam (SEED=${seed})`, () => {
  test('is answered by a saga: whatever befalls its handlers, each order is confirmed with its stock taken once, or refused and undone once', {
    timeout: 120_000,
  }, async () => {
    await using system = await splitsSystem({ stock });
    const { monolith, warehouse, banyan } = system;
    await monolith.query(shopAtMonolith);
    await warehouse.query(shopAtWarehouse);
    const random = seededRandom(seed);
    await using handlers = unsteadyHandlers(monolith, warehouse, { random, patienceMs: 300 });
    await handlers.start();
    expect(await banyan('run', 'stock')).toMatchObject({ code: 0 });

    const shoppers = startShoppers(monolith, random, () => random.chance(0.05) && handlers.befall());
    await shoppers.more('together', 20);
    await shoppers.more('not at all', 0);
    expect(await banyan('cutover', 'stock')).toMatchObject({ code: 0 });
    await shoppers.more('apart', 50);
    const answered = async () => (await rows(warehouse, 'select distinct type from banyan.events')).length;
    await expect.poll(answered).toBe(2);
    expect(await banyan('reverse', 'stock')).toMatchObject({ code: 0 });
    await shoppers.more('together', 20);
    await shoppers.stop();
    await handlers.again();

    const statuses = new Map(
      (await rows(monolith, 'select id, status from orders')).map(({ id, status }) => [id, status]),
    );
    const answers = new Map(
      (
        await rows(
          warehouse,
          'select stream_id, array_agg(type) as types from banyan.events group by stream_id',
        )
      ).map(({ stream_id, types }) => [stream_id, types]),
    );
    for (const [id, how] of shoppers.placed) {
      const status = statuses.get(id);
      const types = answers.get(`order-${id}`) ?? [];
      if (how === 'not at all') expect([status, types]).toEqual([undefined, []]);
      else if (how === 'together') expect([status, types]).toEqual(['confirmed', []]);
      else expect(types).toEqual([status === 'confirmed' ? 'StockTaken' : 'StockRefused']);
    }
    expect(new Set(shoppers.placed.values())).toEqual(new Set(['together', 'apart', 'not at all']));
    expect(new Set(statuses.values())).toEqual(new Set(['confirmed', 'refused']));
    const confirmed = (what: string, of: string) =>
      `coalesce((select sum(${what}) from orders o where o.${of} = t.id and status = 'confirmed'), 0)`;
    const wrongStock = `select * from stock t where count + ${confirmed('amount', 'article')} <> at_first`;
    expect(await rows(monolith, wrongStock)).toEqual([]);
    const wrongCredit = `select * from customers t where credit + ${confirmed('cents', 'customer')} <> at_first`;
    expect(await rows(monolith, wrongCredit)).toEqual([]);

    for (const pool of [monolith, warehouse])
      expect(await rows(pool, 'select * from banyan.dead_letters')).toEqual([]);

    await handlers.stop();
    const late = { id: 0, customer: 1, article: 6, amount: 1, cents: 150 };
    expect(await placeOrder(monolith, late, ['apart'])).toBe('apart');
    const status = async () => (await banyan('status', 'stock')).stdout;
    expect(await status()).toContain("! public.orders (transactions: saga) has 1 row with status = 'placed'");
    await handlers.start();
    await handlers.caughtUp();
    expect(await status()).toContain(
      "✓ public.orders (transactions: saga) has no row with status = 'placed'",
    );
    expect(await rows(monolith, 'select status from orders where id = 0')).toEqual([{ status: 'refused' }]);
  });
});
