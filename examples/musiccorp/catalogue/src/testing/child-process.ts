import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own. */
export interface ServerProcess {
  /** What it said it listens on. */
  readonly url: string;
  readonly pid: number;
  /** What it wrote to the standard error. */
  readonly complaints: () => string;
  /** Ends it and resolves with its exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | string | null>;
}

/**
 * Starts a Node program and waits for its line "… listening on URL".
 * @throws Error with what it wrote when it ends before.
 */
export async function startProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string | null);
  const url = await Promise.race([listeningUrl(child.stdout), ended]);
  if (typeof url !== 'string' || !url.startsWith('http'))
    throw new Error(`${args.at(-1)} ended with ${url}: ${complaints}`);
  return {
    url,
    pid: child.pid!,
    complaints: () => complaints,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

function listeningUrl(stdout: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      const url = / listening on (http:\S+)$/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
