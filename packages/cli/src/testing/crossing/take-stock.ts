import { postgresCheckpointStore, postgresDeadLetterStore, postgresEventStore } from '@banyan/postgres';
import {
  metadataAfter,
  type RecordedEvent,
  retryThenDeadLetter,
  type Subscription,
  subscribe,
  Unavailable,
} from '@banyan/runtime';
import type pg from 'pg';

/** What a table says that has another owner. */
const notOurs = '55000';

/** The half of the service: takes the stock of every order that the monolith has placed, or refuses it, and says which. */
export function takeStock(monolith: pg.Pool, warehouse: pg.Pool, patienceMs = 60_000): Subscription {
  const log = postgresEventStore(warehouse);
  return subscribe<RecordedEvent, pg.PoolClient>({
    name: 'take-stock',
    feed: postgresEventStore(monolith),
    filter: { types: ['OrderPlaced'] },
    checkpoints: postgresCheckpointStore(warehouse),
    deadLetters: postgresDeadLetterStore(warehouse),
    onError: retryThenDeadLetter({ maxMs: 500 }),
    handle: async (orders, tx) => {
      for (const order of orders) {
        const type = await answer(order, tx, patienceMs);
        if (type === undefined) continue;
        const event = { type, data: {}, schemaVersion: 1, metadata: metadataAfter(order.metadata) };
        await log.appendWithin(tx, [{ streamId: order.streamId, expected: 'any', events: [event] }]);
      }
    },
  });
}

/** Nothing where the order was answered before. */
async function answer(
  { streamId, data, recordedAt }: RecordedEvent,
  tx: pg.PoolClient,
  patienceMs: number,
): Promise<'StockTaken' | 'StockRefused' | undefined> {
  const inbox = 'insert into answered_orders (order_id) values ($1) on conflict do nothing';
  if ((await tx.query(inbox, [streamId])).rowCount === 0) return undefined;
  const { article, amount } = data as { article: number; amount: number };
  await tx.query('savepoint half');
  try {
    const take = 'update stock set count = count - $2 where id = $1 and count >= $2';
    const { rowCount } = await tx.query(take, [article, amount]);
    return rowCount === 1 ? 'StockTaken' : 'StockRefused';
  } catch (error) {
    if ((error as { code?: string }).code !== notOurs) throw error;
    // While the owner changes it is soon ours; where it went back to the monolith, it never is.
    if (Date.now() - recordedAt!.getTime() < patienceMs)
      throw new Unavailable('stock-not-ours', (error as Error).message, { cause: error });
    await tx.query('rollback to savepoint half');
    return 'StockRefused';
  }
}
