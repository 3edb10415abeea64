import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectStream, labelOf, sampleEvents } from '@banyan/runtime/testing';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../connect.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../embedded/start-embedded-server.ts';
import { postgresEventStore } from '../event-store/postgres-event-store.ts';
import { prepareDatabase } from '../prepare-database.ts';

const sample = { streamId: 'read-1', expected: 'any', events: sampleEvents('kept') } as const;
let dir: string;
let server: EmbeddedServer;
let pool: pg.Pool;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'banyan-standby-'));
  await chmod(dir, 0o755);
  server = await start();
  const primary = connect(server.url());
  await prepareDatabase(primary);
  await postgresEventStore(primary).append([sample]);
  const { rows } = await primary.query<{ data: string }>(`select current_setting('data_directory') as data`);
  await primary.end();
  await server.stop();
  // The same data, as a server has it that follows another one.
  const { data } = rows[0]!;
  const signal = join(data, 'standby.signal');
  await writeFile(signal, '');
  const { uid, gid } = await stat(data);
  await chown(signal, uid, gid);
  server = await start();
  pool = connect(server.url());
}, 120_000);
afterAll(async () => {
  await pool.end();
  await server.destroy();
  await rm(dir, { recursive: true, force: true });
});

const start = () => startEmbeddedServer({ dir, settings: { fsync: false, shared_buffers: '32MB' } });

test('a standby is read, takes no append and says so', async () => {
  const store = postgresEventStore(pool);
  expect((await collectStream(store, 'read-1')).map(labelOf)).toEqual(['kept']);
  await expect(store.append([sample])).rejects.toMatchObject({
    code: 'postgres-read-only',
    retryable: false,
  });
});

test('a reader of a standby looks now and then, and does not knock for a connection to listen on all the time', async () => {
  const store = postgresEventStore(pool);
  const ending = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { entries } of store.read({ after: 0n, signal: ending.signal }))
      seen.push(...entries.map(labelOf));
  })();
  await expect.poll(() => seen).toEqual(['kept']);
  const counted = async () => {
    const text = `select sessions::integer, xact_commit::integer as looks from pg_stat_database where datname = current_database()`;
    return (await pool.query<{ sessions: number; looks: number }>(text)).rows[0]!;
  };
  const before = await counted();
  // The question counts as well.
  await expect
    .poll(async () => (await counted()).looks - before.looks, { interval: 500 })
    .toBeGreaterThan(25);
  expect((await counted()).sessions - before.sessions).toBeLessThan(4);
  ending.abort();
  await reading;
});
