import { spawn } from 'node:child_process';
import path from 'node:path';
import { choosePort } from '@banyan/postgres/embedded';

/** Where the monoliths are described: `MONOLITHS`, or beside this repository. */
export const monoliths = path.resolve(
  process.env.MONOLITHS ?? path.resolve(import.meta.dirname, '../../../shared/monoliths'),
);

/** A monolith that we did not write, booted unmodified on 127.0.0.1. */
export interface Monolith extends AsyncDisposable {
  readonly name: 'vendure' | 'unleash';
  readonly url: string;
  stop(): Promise<void>;
}

/** What a workload reports of itself. */
export interface WorkloadReport {
  readonly ok: boolean;
  readonly checks: number;
  readonly failed: readonly unknown[];
  readonly errors: {
    readonly refused: number;
    readonly wrong: number;
    readonly unknown: number;
    readonly samples?: readonly string[];
  };
  readonly latency_ms: Readonly<
    Record<'read' | 'write', { readonly n: number; readonly p50: number } | null>
  >;
}

/** Installs a monolith the first time, boots it on a database and fills it. */
export async function bootMonolith(
  name: Monolith['name'],
  database: string,
  appHome: string,
): Promise<Monolith> {
  const port = await choosePort([]);
  const env = { DATABASE_URL: database, PORT: String(port), APP_HOME: appHome, WAIT: '400' };
  const up = path.join(monoliths, name, 'up.sh');
  await run(up, [], env);
  const stop = () => run(up, ['stop'], env).then(() => undefined);
  return { name, url: `http://127.0.0.1:${port}`, stop, [Symbol.asyncDispose]: stop };
}

/** Sends the monolith's own workload to an address and gives what it reports; it checks invariants. */
export async function runWorkload(
  name: Monolith['name'],
  url: string,
  settings: Readonly<Record<string, string>>,
): Promise<WorkloadReport> {
  const script = path.join(monoliths, name, 'workload.mjs');
  const text = await run(process.execPath, [script], { BASE_URL: url, PRETTY: '0', ...settings }, [0, 1]);
  return JSON.parse(text.slice(text.indexOf('{'))) as WorkloadReport;
}

function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  allowed: readonly number[] = [0],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== null && allowed.includes(code)) resolve(stdout);
      else reject(new Error(`${command} ended with ${code}\n${stderr.slice(-2_000)}${stdout.slice(-1_000)}`));
    });
  });
}
