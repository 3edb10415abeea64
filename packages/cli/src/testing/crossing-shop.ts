import { readFileSync } from 'node:fs';
import type { SeededRandom } from '@banyan/runtime/testing';
import type pg from 'pg';
import { expect } from 'vitest';

/**
 * A monolith whose stock leaves, with what there was of everything at first. Orders have no foreign key to customers: where two share the lock
 * that it takes and one rolls back, PostgreSQL 18 itself now and then fails the other (XX000, more than one updating member).
 */
export const shopAtMonolith = `
  create table customers (id int primary key, credit int not null check (credit >= 0), at_first int not null);
  create table orders (id int primary key, customer int not null, article int not null,
    amount int not null, cents int not null, status text not null);
  create table stock (id int primary key, count int not null check (count >= 0), at_first int not null);
  insert into customers select g, 1000000, 1000000 from generate_series(1, 5) g;
  insert into stock select g, (g - 1) * 1000, (g - 1) * 1000 from generate_series(1, 6) g`;

/** The service, with an inbox of its own. */
export const shopAtWarehouse = `
  create table stock (id int primary key, count int not null check (count >= 0), at_first int not null);
  create table answered_orders (order_id text primary key)`;

/** An order as a customer of the shop gives it. */
export type Order = Readonly<Record<'id' | 'customer' | 'article' | 'amount' | 'cents', number>>;

/** What became of an order at once: both halves in one transaction, the one half and an event, or nothing for want of stock or credit. */
export type Placed = 'together' | 'apart' | 'not at all';

const read = (name: string) => readFileSync(new URL(`./crossing/${name}.sql`, import.meta.url), 'utf8');
const ways = { together: read('place-order'), apart: read('place-order-apart') };
type Way = keyof typeof ways;

/** What the monolith does, in whatever language: all in one transaction, and where the stock is not its own any more its half alone. */
export async function placeOrder(
  pool: pg.Pool,
  order: Order,
  tried: readonly Way[] = ['together', 'apart'],
): Promise<Placed> {
  const client = await pool.connect();
  try {
    for (const how of tried) {
      const refused = await client.query(filled(ways[how], order)).then(
        () => undefined,
        (error: { code?: string }) => error,
      );
      if (refused === undefined) return how;
      await client.query('rollback');
      if (refused.code === '23514') return 'not at all';
      if (refused.code !== '55000') throw refused;
    }
    throw new Error(`Order ${order.id} was refused (${tried.join(', ')}).`);
  } finally {
    client.release();
  }
}

/** Fills in `:names`, as psql does. */
function filled(sql: string, order: Order): string {
  return sql.replace(/:(\w+)/g, (_, name: keyof Order) => String(order[name]));
}

/** Customers who order until they are stopped. */
export interface Shoppers {
  /** What became of each order, by its id. */
  readonly placed: ReadonlyMap<number, Placed>;
  /** Waits until more than so many others became that. */
  more(how: Placed, count: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts three customers. `before` is told of each order; what it does, it does beside them. */
export function startShoppers(pool: pg.Pool, random: SeededRandom, before: (id: number) => void): Shoppers {
  const placed = new Map<number, Placed>();
  let stopping = false;
  let id = 0;
  const next = (): Order => {
    const amount = 1 + random.below(3);
    return {
      id: ++id,
      customer: 1 + random.below(5),
      article: 1 + random.below(6),
      amount,
      cents: amount * 150,
    };
  };
  const shopper = async () => {
    while (!stopping) {
      const order = next();
      before(order.id);
      placed.set(order.id, await placeOrder(pool, order));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const running = Promise.all([shopper(), shopper(), shopper()]);
  const times = (how: Placed) => [...placed.values()].filter((each) => each === how).length;
  return {
    placed,
    async more(how, count) {
      const now = times(how);
      await Promise.race([running, expect.poll(() => times(how) - now).toBeGreaterThan(count)]);
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
