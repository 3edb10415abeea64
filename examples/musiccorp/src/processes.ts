import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { processIdentity } from '@banyan/postgres/embedded';
import { Unavailable } from '@banyan/runtime';
import { stateDirectory } from './running.ts';

/** A process of the example. */
export interface ProcessSpec {
  readonly name: string;
  /** Arguments for Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers when the process is ready; without it, it is ready when it runs. */
  readonly ready?: string;
}

const readyMs = 60_000;
const stopMs = 15_000;

const runFile = (name: string) => path.join(stateDirectory, 'run', `${name}.json`);
const logFile = (name: string) => path.join(stateDirectory, 'log', `${name}.log`);

/**
 * Starts a process, or finds the one that an earlier start left running. It writes to a file and not to us, and so goes on
 * when we are killed; the next start finds it by its pid and the time it began.
 * @returns Whether it was found running.
 */
export async function ensureProcess(spec: ProcessSpec, signal: AbortSignal): Promise<boolean> {
  const found = await runningPid(spec.name);
  const pid = found ?? launch(spec);
  if (found === undefined) await remember(spec.name, pid);
  await awaitReady(spec, signal);
  return found !== undefined;
}

/** The pid of a process of ours, if it runs. */
export async function runningPid(name: string): Promise<number | undefined> {
  if (!existsSync(runFile(name))) return undefined;
  const { pid, identity } = JSON.parse(readFileSync(runFile(name), 'utf8')) as {
    pid: number;
    identity?: string;
  };
  const now = await processIdentity(pid);
  return now !== undefined && (identity === undefined || now === identity) ? pid : undefined;
}

/** Ends a process of ours and waits until it is gone; after 15 s it is killed. */
export async function stopProcess(name: string): Promise<void> {
  const pid = await runningPid(name);
  if (pid !== undefined) {
    process.kill(pid, 'SIGTERM');
    if (!(await gone(name, stopMs))) {
      process.kill(pid, 'SIGKILL');
      await gone(name, stopMs);
    }
  }
  rmSync(runFile(name), { force: true });
}

async function gone(name: string, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if ((await runningPid(name)) === undefined) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function launch(spec: ProcessSpec): number {
  mkdirSync(path.dirname(logFile(spec.name)), { recursive: true });
  const log = openSync(logFile(spec.name), 'w', 0o600);
  const child = spawn(process.execPath, spec.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...spec.env },
  });
  child.on('error', () => undefined);
  child.unref();
  closeSync(log);
  if (child.pid === undefined)
    throw new Unavailable('process-not-started', `${spec.name} could not be started.`);
  return child.pid;
}

// Written at once, before anything is waited for: whatever happens to us, the next start knows the process.
async function remember(name: string, pid: number): Promise<void> {
  write(runFile(name), { pid });
  write(runFile(name), { pid, identity: await processIdentity(pid) });
}

function write(file: string, content: object): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

async function awaitReady({ name, ready }: ProcessSpec, signal: AbortSignal): Promise<void> {
  if (ready === undefined) return;
  const deadline = Date.now() + readyMs;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const reply = await fetch(ready, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    await reply?.body?.cancel();
    if (reply?.ok) return;
    if ((await runningPid(name)) === undefined) throw ended(name);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Unavailable(
    'process-not-ready',
    `${name} did not answer ${ready} within ${readyMs / 1000} s. ${lastWords(name)}`,
  );
}

function ended(name: string): Unavailable {
  return new Unavailable('process-ended', `${name} ended while it was starting. ${lastWords(name)}`);
}

function lastWords(name: string): string {
  const text = existsSync(logFile(name)) ? readFileSync(logFile(name), 'utf8').trim() : '';
  return `Its log (${logFile(name)}) ends with:\n${text.split('\n').slice(-8).join('\n')}`;
}
