import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { preparedDatabase } from '@banyan/postgres/testing';
import { banyan } from './banyan-command.ts';
import { until } from './example.ts';

/** A line of the proxy's own log. */
interface LogLine {
  readonly event: string;
  readonly message: string;
}

/** `banyan proxy` in a process of its own, with a configuration and a ledger of its own. */
export class ProxyProcess implements AsyncDisposable {
  readonly directory: string;
  readonly port: number;
  readonly child: ChildProcess;
  readonly #database: AsyncDisposable;
  readonly #exited: Promise<unknown>;
  #stdout = '';
  #stderr = '';

  private constructor(from: { directory: string; port: number; database: AsyncDisposable }) {
    this.directory = from.directory;
    this.port = from.port;
    this.#database = from.database;
    this.child = spawn(process.execPath, banyan('proxy', '-c', this.configFile), {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.child, 'close');
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  /** Starts it; resolves at once. `PORT` in a configuration stands for the proxy's port. */
  static async begin(config: ProxyConfig): Promise<ProxyProcess> {
    const database = await preparedDatabase();
    const directory = mkdtempSync(path.join(tmpdir(), 'banyan-proxy-'));
    const port = await freePort();
    write(path.join(directory, 'banyan.config.mjs'), database.url, port, config);
    return new ProxyProcess({ directory, port, database });
  }

  /** Starts it and waits until it takes requests. */
  static async start(config: ProxyConfig): Promise<ProxyProcess> {
    const proxy = await ProxyProcess.begin(config);
    await proxy.heard(/proxy listening on/);
    if (config.proxy?.operations !== undefined) await proxy.heard(/metrics and health on/);
    if (Number(config.proxy?.workers ?? 1) > 1) await proxy.logged('workers-running');
    return proxy;
  }

  get configFile(): string {
    return path.join(this.directory, 'banyan.config.mjs');
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** What its own log says. */
  get log(): readonly LogLine[] {
    const lines = this.#stderr.split('\n').filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The address after some words on its standard output. */
  address(words: string): string {
    return new RegExp(`${words} (\\S+)`).exec(this.#stdout)![1]!;
  }

  /** Writes other values into its configuration, which it reads when it is told to. */
  reconfigure(change: (source: string) => string): void {
    writeFileSync(this.configFile, change(readFileSync(this.configFile, 'utf8')));
  }

  /** The processes of its workers. */
  workers(): number[] {
    const children = readFileSync(`/proc/${this.child.pid}/task/${this.child.pid}/children`, 'utf8');
    return children.trim().split(' ').filter(Boolean).map(Number);
  }

  /** Waits until it has printed something. */
  async heard(words: RegExp): Promise<void> {
    await until(`${words} of ${this.#stdout}${this.#stderr}`, () => {
      if (words.test(this.#stdout)) return true;
      if (this.child.exitCode !== null) throw new Error(`It has ended: ${this.#stderr}`);
      return undefined;
    });
  }

  /** Waits for an event in its log, the `times`-th of its kind. */
  async logged(event: string, times = 1): Promise<void> {
    await until(event, () => this.log.filter((line) => line.event === event).length >= times || undefined);
  }

  /** Waits for its end, and gives the exit code; null where it was killed. */
  async exited(): Promise<number | null> {
    await this.#exited;
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.#exited;
    rmSync(this.directory, { recursive: true, force: true });
    await this.#database[Symbol.asyncDispose]();
  }
}

/** What a test says of a configuration; the rest is as little as there can be. */
export interface ProxyConfig {
  readonly monolith: string;
  readonly proxy?: Readonly<Record<string, unknown>>;
  readonly [more: string]: unknown;
}

function write(
  file: string,
  database: string,
  port: number,
  { monolith, proxy, ...more }: ProxyConfig,
): void {
  const config = {
    ledger: { database },
    monolith: { url: monolith, database },
    proxy: { port, ...proxy },
    services: {},
    migrations: {},
    ...more,
  };
  const source = JSON.stringify(config, null, 2).replaceAll('DIRECTORY', path.dirname(file));
  writeFileSync(file, `export default ${source};\n`);
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
