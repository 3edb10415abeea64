import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { Unavailable } from '@banyan/runtime';
import { sampleEvents, uniqueName } from '@banyan/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresCheckpointStore } from '../checkpoint/postgres-checkpoint-store.ts';
import { connect } from '../connect.ts';
import { postgresLeaseStore } from '../lease/postgres-lease-store.ts';
import { type PreparedDatabase, preparedDatabase } from '../testing/prepared-database.ts';
import { postgresEventStore } from './postgres-event-store.ts';

let database: PreparedDatabase;
beforeAll(async () => {
  database = await preparedDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

/** What lies between us and the server, and may swallow what is sent over the connections that there are, without ending them. */
async function network(url: string) {
  const { hostname, port } = new URL(url);
  const ends = new Set<Socket>();
  let swallowed = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connectSocket(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on('data', (bytes) => swallowed.has(from) || to.write(bytes));
      from.on('close', () => swallowed.has(from) || to.destroy());
      from.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(relay.address() as { port: number }).port}`;
  return {
    url: through.href,
    /** New connections are as good as ever. */
    swallow() {
      swallowed = new Set(ends);
    },
    [Symbol.asyncDispose]: async () => {
      for (const end of ends) end.destroy();
      relay.close();
    },
  };
}

test('a network that swallows what is sent stalls appends, readers and leases for no longer than the limit', async () => {
  await using between = await network(database.url);
  const pool = connect(between.url);
  pool.options.query_timeout = 4_000;
  const store = postgresEventStore(pool);
  const checkpoints = postgresCheckpointStore(pool);
  const leases = postgresLeaseStore(pool);
  const append = (streamId: string) =>
    store.append([{ streamId, expected: 'any', events: sampleEvents('sent') }]);
  const first = uniqueName('first');
  const start = await store.head();
  await append(first);
  const [lease] = [await leases.acquire({ group: 'silent', name: '1' }, 'us', 600_000)];

  const seen: string[] = [];
  const ending = new AbortController();
  const reading = (async () => {
    for await (const { entries } of store.read({ after: start, signal: ending.signal }))
      seen.push(...entries.map(({ streamId }) => streamId));
  })();
  await expect.poll(() => seen).toEqual([first]);

  between.swallow();
  await expect(append(uniqueName('doubtful'))).rejects.toMatchObject({ code: 'append-outcome-unknown' });
  // Each connection of the pool is found out once.
  const again = async (work: () => Promise<unknown>) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Unavailable) || attempt === 10) throw error;
      }
    }
  };
  const last = uniqueName('last');
  await again(() => append(last));
  await again(() => checkpoints.load('silent'));
  expect(await again(() => leases.renew([lease!], 600_000))).toEqual([lease]);
  await expect.poll(() => seen).toContain(last);
  ending.abort();
  await reading;
  await pool.end();
});
