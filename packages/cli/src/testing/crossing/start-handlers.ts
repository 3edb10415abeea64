import { connect, prepareDatabase } from '@banyan/postgres';
import { settleOrders } from './settle-orders.ts';
import { takeStock } from './take-stock.ts';

/** Starts both handlers: in the service, in as many processes as there are of it. */
export async function startHandlers(
  monolithUrl: string,
  warehouseUrl: string,
  patienceMs?: number,
): Promise<AsyncDisposable> {
  const pools = [monolithUrl, warehouseUrl].map((url) => connect(url, { applicationName: 'order-handlers' }));
  const [monolith, warehouse] = pools as [(typeof pools)[0], (typeof pools)[0]];
  await prepareDatabase(monolith);
  await prepareDatabase(warehouse);
  const handlers = [takeStock(monolith, warehouse, patienceMs), settleOrders(monolith, warehouse)];
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(handlers.map((handler) => handler.stop()));
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
}
