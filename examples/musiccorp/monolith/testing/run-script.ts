import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

export interface Script {
  readonly child: ChildProcess;
  /** The first line on stdout; rejects when the script ends without one. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Ended>;
}

/** Starts one of the shop's scripts as the process of its own that it is. */
export function startScript(path: URL, env: Record<string, string>): Script {
  const child = spawn(process.execPath, [fileURLToPath(path)], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stderr }));
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      if (stdout.includes('\n')) resolve(stdout.split('\n')[0]!);
    });
    ended.then((end) => reject(new Error(`ended with ${end.code}: ${end.stderr}`)), reject);
  });
  // not every test reads it
  firstLine.catch(() => undefined);
  return { child, firstLine, ended };
}

export const runScript = (path: URL, env: Record<string, string>): Promise<Ended> =>
  startScript(path, env).ended;
