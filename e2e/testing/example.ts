import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedServer } from '@banyan/postgres/embedded';
import { fromSource } from '../../scripts/compiled/from-source.ts';
import { banyan, configFor } from './banyan-command.ts';

const root = path.resolve(import.meta.dirname, '../..');
const config = path.join(root, 'examples/musiccorp/banyan.config.ts');
const startScript = path.join(root, 'examples/musiccorp/src/start.ts');
const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const npmStart: string[] = scripts.start.split(' ').slice(1);

/** One run of `npm start`. */
export interface Run {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code; null when it was killed. */
  readonly exited: Promise<number | null>;
}

/** The example in a directory of its own, started and killed as often as a test likes. */
export interface Example extends AsyncDisposable {
  readonly directory: string;
  /** Starts it as it is compiled. */
  start(args: readonly string[], env?: Record<string, string>): Run;
  /** Starts it with the command of `npm start`. */
  npmStart(args: readonly string[]): Run;
  /** Runs a verb of the command line with the example's configuration, and gives what it prints. */
  verb(...args: readonly string[]): Promise<string>;
  /** Pids of the example's processes, by name, as it wrote them down. */
  pids(): Record<string, number>;
  /** The steps of the warehouse's split, from the status page; undefined while it does not answer. */
  splitSteps(): Promise<Record<string, { status: string }> | undefined>;
  /** The steps of the catalogue's migration, from the status page; undefined while it does not answer. */
  steps(): Promise<Record<string, { status: string; attempts: number }> | undefined>;
}

/** Makes an empty directory for the example; disposing ends and deletes whatever is left. */
export function example(): Example {
  const directory = mkdtempSync(path.join(tmpdir(), 'banyan-e2e-'));
  const runs: Run[] = [];
  // Examples of tests that run side by side must not take each other's port while a part is being started again. Below
  // the ports that the system gives to connections.
  const port = String(10_000 + 5 * randomInt(4_000));
  const pids = () => readPids(directory);
  const begin = (args: readonly string[], env: Record<string, string> = {}) => {
    const run = runPlainly(args, { BANYAN_DIR: directory, PORT: port, ...env });
    runs.push(run);
    return run;
  };
  return {
    directory,
    pids,
    start: (args, env) => begin(fromSource(startScript, ...args), env),
    npmStart: (args) => begin([...npmStart, ...args]),
    async verb(...args) {
      const run = runPlainly(banyan(...args, '-c', configFor(config)), { BANYAN_DIR: directory });
      if ((await run.exited) !== 0) throw new Error(run.stderr());
      return run.stdout();
    },
    splitSteps: async () => (await readStatus(directory))?.splits?.warehouse?.steps,
    steps: async () => (await readStatus(directory))?.migrations.catalogue?.steps,
    async [Symbol.asyncDispose]() {
      for (const { child } of runs) if (child.exitCode === null) child.kill('SIGKILL');
      await Promise.all(runs.map((run) => run.exited));
      for (const pid of Object.values(pids())) kill(pid);
      // A start that was refused may have made none.
      const postgres = path.join(directory, 'postgres');
      if (existsSync(postgres)) await (await startEmbeddedServer({ dir: postgres })).destroy();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs Node. */
export function runPlainly(args: readonly string[], env: Record<string, string> = {}, cwd = root): Run {
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...process.env,
      NO_COLOR: '1',
      MUSICCORP_CANARY_REQUESTS: '20',
      MUSICCORP_SHADOW_SAMPLES: '5',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, exited, stdout: () => stdout, stderr: () => stderr };
}

/** Whether a process runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits for a condition; fails with what was waited for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  withinMs = 150_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs} ms in vain for ${what}`);
    // What is looked at is a process that works for its answer too.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function readPids(directory: string): Record<string, number> {
  const folder = path.join(directory, 'run');
  const files = readdirSafe(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -5), JSON.parse(readFileSync(path.join(folder, file), 'utf8')).pid]),
  );
}

function readdirSafe(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

interface Status {
  readonly migrations: Record<string, { steps: Awaited<ReturnType<Example['steps']>> }>;
  readonly splits?: Record<string, { steps: Awaited<ReturnType<Example['splitSteps']>> }>;
}

async function readStatus(directory: string): Promise<Status | undefined> {
  try {
    const { status } = JSON.parse(readFileSync(path.join(directory, 'musiccorp.json'), 'utf8'));
    const reply = await fetch(`${status.url}/status.json`, { signal: AbortSignal.timeout(2_000) });
    return (await reply.json()) as Status;
  } catch {
    // Not written yet, or not up yet.
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was gone already.
  }
}
