import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer } from '@banyan/postgres/embedded';
import { query } from './query.ts';

/** A PostgreSQL server that the suite may mistreat. */
export interface TortureServer {
  readonly port: number;
  /** The superuser's URL of a database. */
  url(database?: string): string;
  /** Stops it as an operator would, and starts it again at the same port. */
  restart(): Promise<void>;
  destroy(): Promise<void>;
}

const prefix = 'banyan-torture-';

/** Starts a server of its own on new data, with PostgreSQL's defaults for durability. */
export async function startServer(
  settings: Readonly<Record<string, string | boolean>> = {},
): Promise<TortureServer> {
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // The server's user must get in when we are root.
  await chmod(directory, 0o755);
  const start = () =>
    startEmbeddedServer({
      dir: join(directory, 'postgres'),
      settings: { shared_preload_libraries: '', ...settings },
    });
  let server = await start().catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    port: server.port,
    url: (database) => server.url(database),
    async restart() {
      await server.stop();
      server = await start();
    },
    async destroy() {
      await server.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The server's version, `18.4`. */
export async function serverVersion(server: TortureServer): Promise<string> {
  const [row] = await query<{ version: string }>(
    server.url(),
    `select current_setting('server_version') as version`,
  );
  return row!.version;
}

/** Ends the servers of runs that were killed. */
export async function destroyAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (isAlive(pid)) continue;
    const directory = join(tmpdir(), name);
    try {
      if ((await readdir(directory)).includes('postgres')) {
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
