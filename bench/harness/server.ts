import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer } from '@banyan/postgres/embedded';
import pg from 'pg';

/** The server of one run. */
export interface BenchServer {
  /** For files; the server's own when it is ours. */
  readonly directory: string;
  /** Whether it is ours, and so has the durable defaults. */
  readonly embedded: boolean;
  /** The version, and how durable a commit is. */
  readonly about: string;
  /** Its first process, where it is ours. */
  readonly postmaster: number | undefined;
  /** Makes an empty database and gives its URL. */
  database(name: string): Promise<string>;
  /** Deletes everything that this run has made; ends the server if it is ours. */
  close(): Promise<void>;
}

const prefix = 'banyan-bench-';

/** The server that DATABASE_URL names, or one of our own with the defaults of PostgreSQL, `fsync` on among them. */
export async function openServer(): Promise<BenchServer> {
  await destroyAbandoned();
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // The server's user must get in when we are root.
  await chmod(directory, 0o755);
  try {
    const given = process.env.DATABASE_URL;
    return given ? await useServer(given, directory) : await startServer(directory);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function startServer(directory: string): Promise<BenchServer> {
  const settings = {
    // Counting statements is no default of PostgreSQL, and costs those most who send the most.
    shared_preload_libraries: '',
    // A copy of ten million rows within one server writes more log than an embedded server keeps for its slots.
    max_slot_wal_keep_size: '16GB',
  };
  const server = await startEmbeddedServer({ dir: join(directory, 'postgres'), settings });
  const close = async () => {
    await server.destroy();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const about = await aboutServer(server.url());
    const database = async (name: string) => {
      await query(server.url(), `create database "${name}"`);
      return server.url(name);
    };
    const [found] = await query(server.url(), "select pg_read_file('postmaster.pid') as text");
    const postmaster = Number.parseInt(String(found!.text), 10);
    return { directory, embedded: true, postmaster, about, database, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function useServer(url: string, directory: string): Promise<BenchServer> {
  const about = await aboutServer(url).catch((error: unknown) => {
    throw new Error(
      `The server that DATABASE_URL names can't be used: ${error instanceof Error ? error.message : error}. Start it, or unset DATABASE_URL.`,
    );
  });
  const made: string[] = [];
  return {
    directory,
    embedded: false,
    postmaster: undefined,
    about,
    async database(name) {
      const own = `banyan_bench_${process.pid}_${name}`.replaceAll('-', '_');
      made.push(own);
      await query(url, `create database "${own}"`);
      const address = new URL(url);
      address.pathname = `/${own}`;
      return address.href;
    },
    async close() {
      for (const name of made) await dropDatabase(url, name);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const slots = `from pg_replication_slots where database = '${name}'`;
  await query(url, `select pg_terminate_backend(active_pid, 5000) ${slots} and active`);
  await query(url, `select pg_drop_replication_slot(slot_name) ${slots}`);
  await query(url, `drop database if exists "${name}" with (force)`);
}

async function aboutServer(url: string): Promise<string> {
  const names = ['server_version', 'fsync', 'synchronous_commit'];
  const [found] = await query(url, `select ${names.map((name) => `current_setting('${name}') as ${name}`)}`);
  const { server_version: version, fsync, synchronous_commit: commit } = found!;
  return `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${commit}`;
}

/** Runs one statement on a connection of its own. */
export async function query(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks between statements says so only here; the next statement fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Ends the servers of runs that were killed. */
async function destroyAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (isAlive(pid)) continue;
    const directory = join(tmpdir(), name);
    try {
      const parts = await readdir(directory);
      if (parts.includes('postgres')) {
        await (await startEmbeddedServer({ dir: join(directory, 'postgres') })).destroy();
      }
      await rm(directory, { recursive: true, force: true });
    } catch {
      // Somebody else's, or gone already: nothing that this run needs.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and not ours.
    return (error as { code?: string }).code === 'EPERM';
  }
}
