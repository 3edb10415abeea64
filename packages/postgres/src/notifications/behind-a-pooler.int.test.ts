import { once } from 'node:events';
import { type AddressInfo, connect as connectSocket, createServer } from 'node:net';
import { sampleEvents } from '@banyan/runtime/testing';
import { expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { preparedDatabase } from '../testing/prepared-database.ts';

/** BackendKeyData: its letter and its length; the number of the server's process follows. */
const keyData = Buffer.from([0x4b, 0, 0, 0, 12]);

interface Relay extends AsyncDisposable {
  readonly url: string;
  /** Connections so far, and those that are open. */
  readonly count: { made: number; open: number };
}

/** Tells clients a made-up number of the server's process, as poolers do. */
async function startRelay(url: string): Promise<Relay> {
  const { hostname, port } = new URL(url);
  const count = { made: 0, open: 0 };
  const relay = createServer((client) => {
    count.made += 1;
    count.open += 1;
    client.on('close', () => {
      count.open -= 1;
    });
    const server = connectSocket(Number(port), hostname);
    server.on('data', (chunk) => {
      const at = chunk.indexOf(keyData);
      if (at >= 0) chunk.writeInt32BE(chunk.readInt32BE(at + 5) + 1, at + 5);
      client.write(chunk);
    });
    client.pipe(server);
    for (const [one, other] of [[client, server] as const, [server, client] as const]) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const relayed = new URL(url);
  relayed.hostname = '127.0.0.1';
  relayed.port = `${(relay.address() as AddressInfo).port}`;
  return {
    url: relayed.href,
    count,
    async [Symbol.asyncDispose]() {
      relay.close();
    },
  };
}

test('sessions that a pooler lends are not made to listen, and the reader still sees what is appended', async () => {
  await using database = await preparedDatabase();
  await using relay = await startRelay(database.url);
  // Readers empty the outbox beside their reading, which would make another connection now and then.
  const pool = connect(relay.url, { max: 1 });
  const store = postgresEventStore(pool);
  const reading = (async () => {
    for await (const { entries } of store.read({ after: 0n })) return entries[0]!.streamId;
  })();
  // The pool's, and one to listen on, which was given up.
  await expect.poll(() => relay.count).toEqual({ made: 2, open: 1 });
  await postgresEventStore(database.pool).append([
    { streamId: 'one', expected: 'any', events: sampleEvents('a') },
  ]);
  expect(await reading).toBe('one');
  expect(relay.count).toEqual({ made: 2, open: 1 });
  await pool.end();
});
