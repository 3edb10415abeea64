import { metadataAfter } from '@banyan/runtime';
import { CommandHandler, type Event, isExpectedVersionConflictError } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { emptyOrder, type Lines, type Order, withLines } from '../event-store/order.ts';
import type { Lab } from '../harness/lab.ts';
import type { CommandContender } from './contender.ts';

type LinesAdded = Event<'LinesAdded', Lines, Record<string, unknown>>;

const handle = CommandHandler<Order, LinesAdded>({
  evolve: (state, { data }) => withLines(state, data),
  initialState: () => emptyOrder,
  mapToStreamId: (id) => `order-${id}`,
});

const maxConnections = 32;

/** Emmett's command handler; a caller who loses a race sends again at once. */
export async function emmett(lab: Lab): Promise<CommandContender> {
  const url = await lab.database('emmett_commands');
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
    async change(id, data) {
      for (;;) {
        try {
          return await handle(store, id, () => linesAdded(data));
        } catch (error) {
          if (!isExpectedVersionConflictError(error)) throw error;
        }
      }
    },
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}

function linesAdded(data: Lines): LinesAdded {
  return { type: 'LinesAdded', data, metadata: { ...metadataAfter(undefined) } };
}
