import { readFileSync } from 'node:fs';
import type { Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { type Candidate, type Handle, type Store, VersionConflict } from './candidate.ts';
import { keepFollowing } from './keep-following.ts';

type Tortured = Event<'Tortured', { label: string }>;

/** How long a quiet or dead reader keeps its claim. The default is 300 s, and the suite does not wait for so long. */
export const claimSeconds = 5;

const manifest = new URL('../node_modules/@event-driven-io/emmett-postgresql/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

/** Emmett by its documented API: the event store, and a reactor of the store's consumer. Defaults but for the claim's time-out. */
export const emmett: Candidate = {
  name: 'emmett',
  about: `@event-driven-io/emmett-postgresql ${version}, defaults but for claims, which last ${claimSeconds} s instead of 300 s`,
  tables: {
    // The partition that its defaults write to; a trigger on the parent would be cloned to it.
    events: 'emt_messages',
    newLabel: `new.message_data ->> 'label'`,
    committed: `select message_data ->> 'label' as label, stream_id as stream, stream_position::int as version
      from emt_messages order by global_position`,
    dumped: ['emt_streams', 'emt_messages', 'emt_processors', 'emt_projections'],
    setSequences: `select setval('emt_global_message_position', (select max(global_position) from emt_messages))`,
  },
  async prepare(url) {
    const { store, pool } = connected(url);
    await store.schema.migrate();
    await store.close();
    await pool.end();
  },
  open: async (url) => open(url),
};

function connected(url: string): { store: PostgresEventStore; pool: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('error', () => undefined);
  const store = getPostgreSQLEventStore(url, {
    schema: { autoMigration: 'CreateOrUpdate' },
    connectionOptions: { pooled: true, pool },
  });
  return { store, pool };
}

function open(url: string): Store {
  const { store, pool } = connected(url);
  return {
    async append(stream, labels, expected) {
      const events = labels.map((label): Tortured => ({ type: 'Tortured', data: { label } }));
      const expectedStreamVersion =
        expected === 'any'
          ? 'NO_CONCURRENCY_CHECK'
          : expected === 0
            ? 'STREAM_DOES_NOT_EXIST'
            : BigInt(expected);
      await store.appendToStream(stream, events, { expectedStreamVersion }).catch((error: Error) => {
        throw error.name === 'ExpectedVersionConflictError' || /Expected version/.test(error.message)
          ? new VersionConflict(error.message)
          : error;
      });
    },
    async load(stream) {
      return Number((await store.readStream(stream)).currentStreamVersion);
    },
    follow: (name, handle) => keepFollowing((signal) => consume(store, name, handle, signal)),
    async [Symbol.asyncDispose]() {
      await store.close();
      await pool.end();
    },
  };
}

async function consume(
  store: PostgresEventStore,
  name: string,
  handle: Handle,
  signal: AbortSignal,
): Promise<void> {
  const consumer = store.consumer<Tortured>();
  consumer.reactor<Tortured>({
    processorId: name,
    lock: { timeoutSeconds: claimSeconds },
    eachMessage: async ({ data }, { connection }) => {
      await handle(data.label, (sql, values) => connection.client.query(sql, [...values]));
    },
  });
  const stop = () => void consumer.stop().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await consumer.start();
  } finally {
    signal.removeEventListener('abort', stop);
    await consumer.stop().catch(() => undefined);
  }
}
