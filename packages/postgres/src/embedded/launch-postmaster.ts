import { spawn } from 'node:child_process';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '@banyan/runtime';
import { type Binaries, programPath } from './binaries.ts';
import { findPostmaster } from './postmaster.ts';
import { postgresEnvironment } from './run-program.ts';
import type { ServerHome } from './server-home.ts';

const startSeconds = 120;

/** Starts the server in a session of its own, so that it outlives us, and waits until it takes connections. */
export async function launchPostmaster(home: ServerHome, binaries: Binaries): Promise<void> {
  const console = join(home.directory, 'start.log');
  const log = await open(console, 'w');
  const identity = home.user === undefined ? {} : { uid: home.user.uid, gid: home.user.gid };
  const child = spawn(programPath(binaries, 'postgres'), ['-D', home.data], {
    ...identity,
    cwd: home.state,
    detached: true,
    env: postgresEnvironment(),
    stdio: ['ignore', log.fd, log.fd],
  });
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `exit ${code ?? signal}`;
  });
  child.unref();
  try {
    const deadline = Date.now() + startSeconds * 1000;
    while (!(await findPostmaster(home.data))?.ready) {
      if (ended !== undefined) throw await failure(home, console, `did not start (${ended})`);
      if (Date.now() > deadline) throw await failure(home, console, `was not ready within ${startSeconds} s`);
      await wait(20);
    }
  } finally {
    await log.close();
  }
}

async function failure(home: ServerHome, console: string, what: string): Promise<Unavailable> {
  const lines = `${await readFile(console, 'utf8').catch(() => '')}\n${await newestLog(join(home.data, 'log'))}`;
  const last = lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-12)
    .join('\n');
  return new Unavailable('server-not-starting', `PostgreSQL on ${home.data} ${what}. It said last:\n${last}`);
}

async function newestLog(directory: string): Promise<string> {
  const names = await readdir(directory).catch(() => []);
  const dated = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(directory, name))).mtimeMs })),
  );
  const newest = dated.sort((a, b) => b.at - a.at)[0];
  return newest === undefined ? '' : await readFile(join(directory, newest.name), 'utf8').catch(() => '');
}
