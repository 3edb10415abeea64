import { chmod, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from '@banyan/postgres';
import { type EmbeddedServer, startEmbeddedServer } from '@banyan/postgres/embedded';

const settings = {
  fsync: false,
  full_page_writes: false,
  shared_buffers: '32MB',
  max_prepared_transactions: 5,
  // What a subscription waits before it connects again, and a server before it gives up a peer.
  wal_retrieve_retry_interval: '200ms',
  wal_sender_timeout: '5s',
  wal_receiver_timeout: '5s',
};

/** A server that may be killed at any moment. */
export interface KillableServer extends AsyncDisposable {
  url(database: string): string;
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Ends all its processes as a loss of power does, and starts it again. */
  kill(): Promise<void>;
}

/** Starts a server in a new directory, which is removed in the end. */
export async function startKillable(name: string): Promise<KillableServer> {
  const dir = await mkdtemp(path.join(tmpdir(), `banyan-kill-${process.pid}-${name}-`));
  await chmod(dir, 0o755);
  // The folder of another version of PostgreSQL, as in the tests on the oldest one.
  const binaries = process.env.BANYAN_TEST_BINARIES;
  const start = () => startEmbeddedServer({ dir, settings, ...(binaries === undefined ? {} : { binaries }) });
  let server: EmbeddedServer = await start();
  return {
    url: (database) => server.url(database),
    createDatabase: (database) => server.createDatabase(database),
    dropDatabase: (database) => drop(server.url(), database),
    async kill() {
      const pid = await postmasterOf(server.url());
      // Stopped first, so that it can't start a process that would not be found.
      process.kill(pid, 'SIGSTOP');
      for (const child of await childrenOf(pid)) end(child);
      end(pid);
      await gone(pid);
      server = await start();
    },
    [Symbol.asyncDispose]: () => server.destroy(),
  };
}

async function drop(url: string, database: string): Promise<void> {
  const pool = connect(url, { max: 1, applicationName: 'kill-matrix' });
  try {
    await pool.query(`drop database if exists "${database}" with (force)`);
  } finally {
    await pool.end();
  }
}

async function postmasterOf(url: string): Promise<number> {
  const pool = connect(url, { max: 1, applicationName: 'kill-matrix' });
  try {
    const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
    const stat = await readFile(`/proc/${rows[0]!.pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } finally {
    await pool.end();
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid > 0);
  const found: number[] = [];
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) found.push(pid);
  }
  return found;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function gone(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat === '' || / Z /.test(stat.slice(stat.lastIndexOf(')')))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
