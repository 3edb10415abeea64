import { chmod, mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../embedded/process-identity.ts';
import { type EmbeddedServer, startEmbeddedServer } from '../embedded/start-embedded-server.ts';

const prefix = 'banyan-test-';

/** Names the directory of this run's server to the test processes. */
export const testServerVariable = 'BANYAN_TEST_SERVER';

/** Names the folder where another version of PostgreSQL is installed that the tests are to run on. */
const testBinariesVariable = 'BANYAN_TEST_BINARIES';

/** The run's server; the first test process that asks starts it, the others find it. */
export function startTestServer(dir: string): Promise<EmbeddedServer> {
  // What a crash of the machine destroys is of no use to tests.
  const settings = {
    fsync: false,
    full_page_writes: false,
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    max_prepared_transactions: 10,
    // A subscription whose worker ended is given another one after this; by default after 5 s.
    wal_retrieve_retry_interval: '200ms',
  };
  const binaries = process.env[testBinariesVariable];
  return startEmbeddedServer({ dir, settings, ...(binaries ? { binaries } : {}) });
}

/** A new directory, named for the process that owns it. */
export async function makeTestServerDirectory(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // The server's user must get in when we are root.
  await chmod(dir, 0o755);
  return dir;
}

/** Stops and deletes what was started in the directory. */
export async function destroyTestServer(dir: string): Promise<void> {
  const server = await startTestServer(dir);
  await server.destroy();
}

/** Ends the servers of runs that were killed. */
export async function destroyAbandonedServers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^banyan-test-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (isAlive(pid)) continue;
    const dir = join(tmpdir(), name);
    const mine = (await stat(dir)).uid === process.getuid?.();
    // Two runs may find the same one; whoever is second finds it gone.
    if (mine) await destroyTestServer(dir).catch(() => undefined);
  }
}
