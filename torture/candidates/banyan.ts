import { readFileSync } from 'node:fs';
import {
  connect,
  postgresCheckpointStore,
  postgresEventStore,
  postgresLeaseStore,
  prepareDatabase,
} from '@banyan/postgres';
import { Conflict, type Event, metadataAfter, type RecordedEvent, subscribe } from '@banyan/runtime';
import { type Candidate, type Store, VersionConflict } from './candidate.ts';
import { keepFollowing } from './keep-following.ts';

const manifest = new URL('../../packages/postgres/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };

/** Ours, with the defaults of the pool, the store and the subscription. */
export const banyan: Candidate = {
  name: 'banyan',
  about: `@banyan/postgres ${version}`,
  tables: {
    events: 'banyan.events',
    newLabel: `new.data ->> 'label'`,
    committed: `select data ->> 'label' as label, stream_id as stream, version::int from banyan.events order by position`,
    dumped: [
      'banyan.streams',
      'banyan.events',
      'banyan.commands',
      'banyan.subscriptions',
      'banyan.leases',
      'banyan.outbox',
    ],
    setSequences: `select setval('banyan.event_position', (select max(position) from banyan.events))`,
  },
  async prepare(url) {
    const pool = connect(url);
    await prepareDatabase(pool);
    await pool.end();
  },
  open: async (url) => open(url),
};

const lanes = 4;

/** Ours, with a subscription that is divided into lanes, which its instances share by leases. */
export const banyanLanes: Candidate = {
  ...banyan,
  name: 'banyan-lanes',
  about: `${banyan.about}, with subscriptions in ${lanes} lanes shared by leases`,
  open: async (url) => open(url, lanes),
};

function eventsOf(labels: readonly string[]): Event[] {
  return labels.map((label) => ({
    type: 'Tortured',
    schemaVersion: 1,
    data: { label },
    metadata: metadataAfter(undefined),
  }));
}

function open(url: string, lanes?: number): Store {
  const pool = connect(url);
  const store = postgresEventStore(pool);
  return {
    async append(streamId, labels, expected) {
      await store.append([{ streamId, expected, events: eventsOf(labels) }]).catch((error: unknown) => {
        throw error instanceof Conflict ? new VersionConflict(error.message) : error;
      });
    },
    join: (query, streamId, labels) =>
      store.appendWithin({ query }, [{ streamId, expected: 'any', events: eventsOf(labels) }]),
    async load(streamId) {
      let last = 0;
      for await (const event of store.readStream(streamId)) last = event.version;
      return last;
    },
    follow: (name, handle) =>
      keepFollowing(async (signal) => {
        const subscription = subscribe({
          name,
          feed: store,
          checkpoints: postgresCheckpointStore(pool),
          ...(lanes === undefined ? {} : { lanes, leases: postgresLeaseStore(pool) }),
          signal,
          handle: async (events: readonly RecordedEvent[], tx) => {
            for (const { data } of events) {
              await handle((data as { label: string }).label, (sql, values) => tx.query(sql, [...values]));
            }
          },
        });
        await subscription.done;
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
