import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { choosePort } from '@banyan/postgres/embedded';
import { query } from '../run/query.ts';
import { must } from '../run/until.ts';
import { systemUser } from './system-user.ts';

/** A pooler in front of a server. */
export interface Pooler extends AsyncDisposable {
  /** The URL of a database through the pooler. */
  url(database: string): string;
  /** What it has written to its log. */
  log(): Promise<string>;
}

// Debian puts it where only root's PATH looks.
const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Where pgbouncer is installed, if it is. */
export function findPgbouncer(): string | undefined {
  return places
    .map((place) => join(place, 'pgbouncer'))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Starts pgbouncer in transaction mode with few connections, so that sessions change hands often. */
export async function startPgbouncer(program: string, serverUrl: string): Promise<Pooler> {
  const directory = await mkdtemp(join(tmpdir(), 'banyan-pgbouncer-'));
  const user = await systemUser();
  // It reads its settings and writes its log as another user when we are root.
  await chmod(directory, 0o777);
  const port = await choosePort([]);
  const server = new URL(serverUrl);
  const { username, password } = server;
  const settings = join(directory, 'pgbouncer.ini');
  const log = join(directory, 'log');
  await writeFile(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
logfile = ${log}
`,
  );
  const child = spawn(program, [settings], {
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    cwd: directory,
    stdio: 'ignore',
  });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    const settle = () => {
      ended = true;
      resolve();
    };
    child.once('error', settle);
    child.once('exit', settle);
  });
  const readLog = () => readFile(log, 'utf8').catch(() => '');
  const url = (database: string) => `postgres://${username}@127.0.0.1:${port}/${database}`;
  const pooler: Pooler = {
    url,
    log: readLog,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await end;
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await must(
      'The start of pgbouncer',
      async () => {
        if (ended) throw new Error('ended');
        return (await query(url(server.pathname.slice(1)), 'select 1')).length === 1;
      },
      20_000,
    );
  } catch (error) {
    const words = await readLog();
    await pooler[Symbol.asyncDispose]();
    throw new Error(`pgbouncer did not start: ${words.slice(-2000)}`, { cause: error });
  }
  return pooler;
}
