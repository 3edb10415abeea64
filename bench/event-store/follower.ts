import { connect, postgresCheckpointStore, postgresEventStore, prepareDatabase } from '@banyan/postgres';
import { metadataAfter, project, projection } from '@banyan/runtime';
import { getPostgreSQLEventStore, postgreSQLEventStoreConsumer } from '@event-driven-io/emmett-postgresql';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import pg from 'pg';
import type { Lab } from '../harness/lab.ts';
import { query } from '../harness/server.ts';

/** What is appended: when, in milliseconds, so that whoever projects it can tell how late it is. */
export interface Sent {
  readonly at: number;
}

/** A store whose events are projected into the table `seen` while they are appended. */
export interface Follower {
  readonly name: string;
  readonly url: string;
  append(streamId: string, sent: Sent): Promise<unknown>;
  close(): Promise<void>;
}

// The server's clock, read as the row is written: what follows is a commit, of both alike.
const createSeen =
  'create table seen (sent double precision not null, seen timestamptz not null default clock_timestamp())';
const insertSeen = 'insert into seen (sent) values ($1)';

/** Ours, with its defaults. */
export async function banyanFollower(lab: Lab): Promise<Follower> {
  const url = await lab.database('banyan_lag');
  const pool = connect(url);
  await prepareDatabase(pool);
  await query(url, createSeen);
  const store = postgresEventStore(pool);
  const seen = projection<{ readonly Sent: StandardSchemaV1<Sent> }, pg.PoolClient>({
    name: 'seen',
    on: {
      Sent: async ({ data }, tx) => {
        await tx.query(insertSeen, [data.at]);
      },
    },
    reset: async (tx) => {
      await tx.query('truncate seen');
    },
  });
  const running = project(seen, { feed: store, checkpoints: postgresCheckpointStore(pool) });
  return {
    name: 'ours',
    url,
    append: (streamId, data) => {
      const event = { type: 'Sent', schemaVersion: 1, data, metadata: metadataAfter(undefined) };
      return store.append([{ streamId, expected: 'absent', events: [event] }]);
    },
    async close() {
      await running.stop();
      await pool.end();
    },
  };
}

/** Emmett's consumer with its defaults, writing the same row on the connection of its transaction. */
export async function emmettFollower(lab: Lab): Promise<Follower> {
  const url = await lab.database('emmett_lag');
  await query(url, createSeen);
  const pool = new pg.Pool({ connectionString: url, max: 32 });
  pool.on('error', () => undefined);
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  const consumer = postgreSQLEventStoreConsumer({ connectionString: url });
  consumer.reactor({
    processorId: 'seen',
    eachMessage: async ({ data }, { connection }) => {
      await connection.client.query(insertSeen, [(data as unknown as Sent).at]);
    },
  });
  // It must have been used to be closed without leaving connections behind.
  let running: Promise<void> | undefined;
  return {
    name: 'emmett',
    url,
    append: (streamId, { at }) => {
      running ??= consumer.start();
      return store.appendToStream(
        streamId,
        [{ type: 'Sent', data: { at }, metadata: { ...metadataAfter(undefined) } }],
        { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' },
      );
    },
    async close() {
      if (running !== undefined) {
        await consumer.close();
        await running.catch(() => undefined);
      }
      await store.close();
      await pool.end();
    },
  };
}
