import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable } from '@banyan/runtime';
import { type Binaries, programPath } from './binaries.ts';
import { processIdentity } from './process-identity.ts';
import { runProgram } from './run-program.ts';
import type { ServerHome } from './server-home.ts';

/** What a running server says about itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The server that runs on this data directory, if one does. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (text === '' || !(await runsOn(pid, data))) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7] === 'ready' };
}

/**
 * Removes the pid file of a server that died with its machine. PostgreSQL would do so itself, but takes any process
 * that happens to have the number now for the server, which in a restarted container is likely.
 */
export async function removeStalePid(data: string): Promise<void> {
  if ((await findPostmaster(data)) === undefined) await rm(join(data, 'postmaster.pid'), { force: true });
}

async function runsOn(pid: number, data: string): Promise<boolean> {
  if ((await processIdentity(pid)) === undefined) return false;
  if (process.platform === 'linux') {
    // A postmaster works in its data directory.
    const [cwd, real] = await Promise.all([
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
      realpath(data).catch(() => data),
    ]);
    return cwd === real;
  }
  if (process.platform === 'win32') return true;
  const ps = await runProgram('ps', ['-o', 'command=', '-p', `${pid}`], undefined);
  return ps.output.includes('postgres') && ps.output.includes(data);
}

/** Stops the server: open transactions are rolled back at once; when that takes over 20 s, as if the power failed. */
export async function stopPostmaster(home: ServerHome, binaries: Binaries): Promise<void> {
  const running = await findPostmaster(home.data);
  if (running === undefined) return;
  const pgCtl = programPath(binaries, 'pg_ctl');
  for (const [mode, seconds] of [
    ['fast', 20],
    ['immediate', 20],
  ] as const) {
    await runProgram(pgCtl, ['stop', '-D', home.data, '-m', mode, '-w', '-t', `${seconds}`], home.user);
    if (await isGone(running.pid)) return;
  }
  throw new Unavailable(
    'server-not-stopping',
    `The PostgreSQL server ${running.pid} on ${home.data} does not stop: end it by hand.`,
  );
}

/** pg_ctl returns when the pid file is gone, a moment before the process is. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await processIdentity(pid)) === undefined) return true;
    await wait(20);
  }
  return false;
}
