import { metadataAfter } from '@banyan/runtime';
import { CommandHandler, type Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import type { Lab } from '../harness/lab.ts';
import type { Contender } from './contender.ts';
import { assertLoaded, emptyOrder, type Lines, type Order, withLines } from './order.ts';

type LinesAdded = Event<'LinesAdded', Lines, Record<string, unknown>>;

const handle = CommandHandler<Order, LinesAdded>({
  evolve: (state, { data }) => withLines(state, data),
  initialState: () => emptyOrder,
  mapToStreamId: (id) => `order-${id}`,
});

/** Its pool has 10 connections by itself; more make it faster, so it gets as many as SQL does. */
const maxConnections = 32;

/** Emmett, with the metadata that ours has. `check` looks at each order that is decided on. */
export async function emmett(lab: Lab, name = 'emmett', check = assertLoaded): Promise<Contender> {
  const url = await lab.database(name);
  const pool = new pg.Pool({ connectionString: url, max: maxConnections });
  pool.on('error', () => undefined);
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  return {
    name: 'emmett',
    url,
    countSql: 'select count(*) from emt_messages',
    begin: (id, changes) =>
      store.appendToStream<LinesAdded>(`order-${id}`, changes.map(linesAdded), {
        expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
      }),
    change: (id, data) =>
      handle(store, id, (state) => {
        check(state);
        return linesAdded(data);
      }),
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}

function linesAdded(data: Lines): LinesAdded {
  return { type: 'LinesAdded', data, metadata: { ...metadataAfter(undefined) } };
}
