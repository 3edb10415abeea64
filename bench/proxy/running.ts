import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server that takes part, in a process of its own. */
export interface Running {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  close(): Promise<void>;
}

/** A proxy of `contestants/`. */
export interface RunningContestant extends Running {
  /** What it has of memory, after its garbage is collected. */
  memory(): Promise<NodeJS.MemoryUsage>;
}

/** Starts a proxy of `contestants/`, with words for it. */
export async function startContestant(
  name: string,
  upstream: Running,
  file = name,
  words: readonly string[] = [],
): Promise<RunningContestant> {
  const path = fileURLToPath(new URL(`contestants/${file}.ts`, import.meta.url));
  const child = fork(path, words, {
    execArgv: ['--expose-gc', '--import', 'tsx'],
    env: { ...process.env, BENCH_UPSTREAM: `http://127.0.0.1:${upstream.port}` },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code} before its time.`);
  });
  ended.catch(() => undefined);
  const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
  return {
    name,
    port,
    pid: child.pid!,
    async memory() {
      const answer = once(child, 'message');
      child.send('memory');
      const [{ memory }] = (await Promise.race([answer, ended])) as [{ memory: NodeJS.MemoryUsage }];
      return memory;
    },
    async close() {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    },
  };
}
