import { randomUUID } from 'node:crypto';
import { seededRandom } from '../harness/random.ts';

/** The payload of every event that anybody writes: about 200 bytes of JSON. */
export interface Lines extends Record<string, unknown> {
  readonly customer: string;
  readonly currency: string;
  readonly total: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[];
}

/** What a decision depends on: folded from the events of an order. */
export interface Order {
  readonly changes: number;
  readonly total: number;
}

export const emptyOrder: Order = { changes: 0, total: 0 };

/** The next state of an order. */
export function withLines(order: Order, { total }: Lines): Order {
  return { changes: order.changes + 1, total: order.total + total };
}

/** Events that an order has before somebody decides on it. */
export const eventsBefore = 10;

/** Makes sure that a contestant loaded all that there was. */
export function assertLoaded({ changes }: Order): void {
  if (changes !== eventsBefore)
    throw new Error(`An order of ${eventsBefore} events was loaded with ${changes}.`);
}

const skus = ['kind-of-blue-lp', 'blue-train-cd', 'a-love-supreme-lp', 'time-out-cassette'];

/** Payloads made beforehand, so that making them is not measured; gives one after the other. */
export function payloads(seed: number): () => Lines {
  const random = seededRandom(seed);
  const whole = (limit: number) => Math.floor(random() * limit);
  const line = () => ({ sku: skus[whole(skus.length)]!, quantity: 1 + whole(3), price: whole(9000) / 100 });
  const made = Array.from({ length: 1000 }, (): Lines => {
    const lines = [line(), line(), line()];
    return { customer: `customer-${whole(5000)}`, currency: 'EUR', total: whole(90_000) / 100, lines };
  });
  let next = 0;
  return () => made[next++ % made.length]!;
}

/** The id of an order that is not there yet. */
export function newOrderId(): string {
  return randomUUID();
}
