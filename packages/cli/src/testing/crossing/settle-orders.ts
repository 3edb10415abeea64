import { postgresCheckpointStore, postgresDeadLetterStore, postgresEventStore } from '@banyan/postgres';
import { type RecordedEvent, retryThenDeadLetter, type Subscription, subscribe } from '@banyan/runtime';
import type pg from 'pg';

const confirm = `update orders set status = 'confirmed' where id = $1 and status = 'placed'`;
const undo = `
  with refused as (
    update orders set status = 'refused' where id = $1 and status = 'placed' returning customer, cents
  )
  update customers c set credit = c.credit + r.cents from refused r where c.id = r.customer`;

/** What the answers come to at the monolith: an order is confirmed, or refused and what was done for it undone. */
export function settleOrders(monolith: pg.Pool, warehouse: pg.Pool): Subscription {
  return subscribe<RecordedEvent, pg.PoolClient>({
    name: 'settle-orders',
    feed: postgresEventStore(warehouse),
    filter: { types: ['StockTaken', 'StockRefused'] },
    checkpoints: postgresCheckpointStore(monolith),
    deadLetters: postgresDeadLetterStore(monolith),
    onError: retryThenDeadLetter({ maxMs: 500 }),
    handle: async (answers, tx) => {
      for (const { type, streamId } of answers)
        await tx.query(type === 'StockTaken' ? confirm : undo, [streamId.slice('order-'.length)]);
    },
  });
}
