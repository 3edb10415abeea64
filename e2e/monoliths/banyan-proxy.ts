import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { choosePort } from '@banyan/postgres/embedded';

const root = path.resolve(import.meta.dirname, '../..');
const cli = ['--import', 'tsx', '--conditions=banyan-source', path.join(root, 'packages/cli/src/main.ts')];

/** `banyan proxy` in a process of its own, and the other verbs with the same configuration. */
export interface BanyanProxy extends AsyncDisposable {
  readonly url: string;
  /** Runs a verb and gives what it prints. */
  verb(...args: readonly string[]): Promise<string>;
}

/** What stands before and behind the proxy. */
export interface Behind {
  readonly directory: string;
  readonly ledger: string;
  readonly monolith: string;
  readonly services?: Readonly<Record<string, string>>;
}

/** Starts a proxy in front of a monolith. */
export async function startBanyanProxy({
  directory,
  ledger,
  monolith,
  services = {},
}: Behind): Promise<BanyanProxy> {
  const port = await choosePort([]);
  const control = await choosePort([]);
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, 'banyan.config.mjs');
  const none = 'postgres://127.0.0.1/none';
  const config = {
    ledger: { database: ledger },
    monolith: { url: monolith, database: none },
    proxy: { port, state: path.join(directory, 'routes.json') },
    control: { port: control, token: 'only-for-this-machine' },
    services: Object.fromEntries(
      Object.entries(services).map(([name, url]) => [name, { url, database: none }]),
    ),
    migrations: {},
  };
  writeFileSync(file, `export default ${JSON.stringify(config, null, 2)};\n`);
  const child = spawn(process.execPath, [...cli, 'proxy', '-c', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await listening(child);
  return {
    url: `http://127.0.0.1:${port}`,
    verb: (...args) => runVerb(...args, '-c', file),
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.on('close', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk) => String(chunk).includes('listening') && resolve());
    child.on('close', (code) => reject(new Error(`banyan proxy ended with ${code}`)));
  });
}

/** Runs a verb and gives what it prints on standard output. */
export function runVerb(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('close', (code) => (code === 0 ? resolve(stdout) : reject(new Error(stderr))));
  });
}
