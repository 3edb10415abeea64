import { connect, postgresEventStore, prepareDatabase } from '@banyan/postgres';
import { aggregate, aggregateHandler, contract, metadataAfter } from '@banyan/runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Lab } from '../harness/lab.ts';
import type { Contender } from './contender.ts';
import { assertLoaded, emptyOrder, type Lines, type Order, withLines } from './order.ts';

/** Accepts everything, because Emmett does not validate. */
const lines: StandardSchemaV1<Lines> = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value: value as Lines }) },
};

const orders = (check: (order: Order) => void) =>
  aggregate({
    name: 'order',
    contract: contract({ commands: { addLines: lines }, events: { LinesAdded: lines } }),
    initial: emptyOrder,
    decide: {
      addLines: (state, data) => {
        check(state);
        return { type: 'LinesAdded', data };
      },
    },
    evolve: { LinesAdded: withLines },
  });

/**
 * Ours, as an application uses it: the defaults of the pool, of the store and of the aggregate handler. `check` looks at each order
 * that is decided on.
 */
export async function banyan(lab: Lab, name = 'banyan', check = assertLoaded): Promise<Contender> {
  const url = await lab.database(name);
  const pool = connect(url);
  await prepareDatabase(pool);
  const store = postgresEventStore(pool);
  const handler = aggregateHandler({ store, aggregate: orders(check) });
  return {
    name: 'ours',
    url,
    countSql: 'select count(*) from banyan.events',
    begin: (id, changes) => {
      const events = changes.map((data) => ({
        type: 'LinesAdded',
        schemaVersion: 1,
        data,
        metadata: metadataAfter(undefined),
      }));
      return store.append([{ streamId: `order-${id}`, expected: 'absent', events }]);
    },
    change: (id, data) => handler.execute(id, 'addLines', data),
    close: () => pool.end(),
  };
}
