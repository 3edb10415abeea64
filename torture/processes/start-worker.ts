import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fromSource } from '../../scripts/compiled/from-source.ts';
import type { CandidateName } from '../candidates/candidates.ts';
import { must } from '../run/until.ts';

/** What a process is started for. */
export interface WorkerTask {
  readonly candidate: CandidateName;
  readonly url: string;
  /**
   * `read` follows; `write` appends as fast as it can; `command` loads a stream, decides and appends, one command for each line `go` that
   * it is sent, or one after the other when `free`.
   */
  readonly role: 'read' | 'write' | 'command';
  /** Who it is: the name of its sessions, and the beginning of its labels. */
  readonly name: string;
  readonly seed?: number;
  /** Commands in a row, without being told to. */
  readonly free?: boolean;
  /** A reader says `mid` and waits for `go` in the middle of the transaction of this event. */
  readonly pauseAt?: string;
}

/** A process of its own, to be frozen, thawed and killed. */
export interface Worker extends AsyncDisposable {
  readonly name: string;
  /** Everything it has said, a line at a time; also what it said before it was killed and begun anew. */
  readonly said: readonly string[];
  say(line: string): void;
  freeze(): void;
  thaw(): void;
  /** Kills it and starts it again. */
  killAndRestart(): Promise<void>;
  /** Ends it, as a supervisor would, and waits. */
  end(): Promise<void>;
  /** How often it ended by itself and was started again. */
  readonly crashes: () => number;
}

const script = fileURLToPath(new URL('./worker.ts', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const startMs = 90_000;

/** What a peer needs is installed beside its source alone. */
function program(candidate: CandidateName): string[] {
  if (candidate === 'emmett') return ['--import', 'tsx', '--conditions=banyan-source', script];
  return fromSource(script);
}

const alive = new Set<ChildProcess>();

/** Kills every process that this run has started; for the end of a run that is stopped. */
export function killWorkers(): void {
  for (const child of alive) child.kill('SIGKILL');
}

/** Starts a process, which is started again when it ends by itself; gives it when it is at work. */
export async function startWorker(task: WorkerTask): Promise<Worker> {
  const said: string[] = [];
  let wanted = true;
  let crashes = 0;
  let generation = 0;
  const killed = new WeakSet<ChildProcess>();
  let child = launch();

  function launch(): ChildProcess {
    generation += 1;
    const words = JSON.stringify({ ...task, generation });
    const started = spawn(process.execPath, [...program(task.candidate), words], {
      cwd: root,
      env: { ...process.env, PGAPPNAME: task.name },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    alive.add(started);
    started.stdin.on('error', () => undefined);
    createInterface({ input: started.stdout }).on('line', (line) => said.push(line));
    started.on('close', () => {
      alive.delete(started);
      if (!wanted || killed.has(started)) return;
      crashes += 1;
      child = launch();
    });
    return started;
  }

  const ready = () => said.filter((line) => line === 'ready').length;
  const kill = (which: ChildProcess) =>
    new Promise<void>((resolve) => {
      if (which.exitCode !== null || which.signalCode !== null) return resolve();
      which.once('close', () => resolve());
      which.kill('SIGKILL');
    });
  const worker: Worker = {
    name: task.name,
    said,
    say: (line) => void child.stdin?.write(`${line}\n`),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async killAndRestart() {
      const seen = ready();
      killed.add(child);
      await kill(child);
      child = launch();
      await must(`The restart of ${task.name}`, () => ready() > seen, startMs);
    },
    async end() {
      wanted = false;
      await kill(child);
    },
    crashes: () => crashes,
    [Symbol.asyncDispose]: () => worker.end(),
  };
  await must(`The start of ${task.name}`, () => ready() > 0, startMs).catch(async (error: unknown) => {
    await worker.end();
    throw error;
  });
  return worker;
}
