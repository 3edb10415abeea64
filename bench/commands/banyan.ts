import { connect, postgresEventStore, prepareDatabase } from '@banyan/postgres';
import { aggregate, aggregateHandler, contract, metadataAfter } from '@banyan/runtime';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { emptyOrder, type Lines, withLines } from '../event-store/order.ts';
import type { Lab } from '../harness/lab.ts';
import type { CommandContender } from './contender.ts';

/** Accepts everything, because Emmett does not validate. */
const lines: StandardSchemaV1<Lines> = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value: value as Lines }) },
};

const order = aggregate({
  name: 'order',
  contract: contract({ commands: { addLines: lines }, events: { LinesAdded: lines } }),
  initial: emptyOrder,
  decide: { addLines: (_state, data) => ({ type: 'LinesAdded', data }) },
  evolve: { LinesAdded: withLines },
});

/** Ours with its defaults: aggregates stay in memory, and commands that come together are committed together. */
export async function banyan(lab: Lab): Promise<CommandContender> {
  const url = await lab.database('banyan_commands');
  const pool = connect(url);
  await prepareDatabase(pool);
  const store = postgresEventStore(pool);
  const handler = aggregateHandler({ store, aggregate: order });
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
