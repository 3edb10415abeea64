import { connect, prepareDatabase } from '@banyan/postgres';
import { settleOrders } from './settle-orders.ts';
import { takeStock } from './take-stock.ts';

/** Starts both handlers: in the service, in as many processes as there are of it. `done` rejects where one of the two gives up. */
export async function startHandlers(
  monolithUrl: string,
  warehouseUrl: string,
  patienceMs?: number,
): Promise<AsyncDisposable & { readonly done: Promise<unknown> }> {
  const open = (url: string) => connect(url, { applicationName: 'order-handlers' });
  const [monolith, warehouse] = [open(monolithUrl), open(warehouseUrl)];
  await prepareDatabase(monolith);
  await prepareDatabase(warehouse);
  const handlers = [takeStock(monolith, warehouse, patienceMs), settleOrders(monolith, warehouse)];
  return {
    done: Promise.all(handlers.map(({ done }) => done)),
    async [Symbol.asyncDispose]() {
      await Promise.all(handlers.map((handler) => handler.stop()));
      await Promise.all([monolith.end(), warehouse.end()]);
    },
  };
}
