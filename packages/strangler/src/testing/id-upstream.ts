import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Written before the reply and without a buffer, so that it holds what was taken, however the process ends. */
const program = `
  const { createServer } = require('node:http');
  const { openSync, writeSync } = require('node:fs');
  const [port, file, slowMs, resetEvery] = process.argv.slice(1).map((word, at) => at === 1 ? word : Number(word));
  const log = openSync(file, 'a');
  let count = 0;
  const server = createServer((req, res) => {
    const reset = resetEvery > 0 && ++count % resetEvery === 0;
    req.resume().on('error', () => {}).on('end', () => {
      writeSync(log, req.method + ' ' + req.headers['x-id'] + '\\n');
      const answer = () => {
        if (!reset) return res.end(req.headers['x-id']);
        res.setHeader('content-length', 1000);
        res.write('a part', () => res.socket.resetAndDestroy());
      };
      if (slowMs > 0) setTimeout(answer, Math.random() * slowMs);
      else answer();
    });
  });
  server.keepAliveTimeout = 50;
  server.listen(port, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
`;

/** How the upstream behaves. */
export interface Behaviour {
  /** Replies take up to so long. */
  readonly slowMs?: number;
  /** One reply of so many breaks off in the middle. */
  readonly resetEvery?: number;
}

/** An upstream in a process of its own, which can be killed and frozen, and writes down each request that it takes. */
export class IdUpstream implements AsyncDisposable {
  readonly #folder: string;
  readonly #behaviour: Behaviour;
  #child!: ChildProcess;
  port = 0;

  private constructor(folder: string, behaviour: Behaviour) {
    this.#folder = folder;
    this.#behaviour = behaviour;
  }

  /** Starts one on a free port. */
  static async start(behaviour: Behaviour = {}): Promise<IdUpstream> {
    const upstream = new IdUpstream(await mkdtemp(join(tmpdir(), 'banyan-upstream-')), behaviour);
    await upstream.restart();
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it again where it was. */
  async restart(): Promise<void> {
    const { slowMs = 0, resetEvery = 0 } = this.#behaviour;
    const words = [this.port, join(this.#folder, 'ids'), slowMs, resetEvery].map(String);
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
    this.#child = spawn(process.execPath, ['-e', program, ...words], { stdio: [...stdio] });
    const [port] = await once(this.#child, 'message');
    this.port = port as number;
  }

  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  /** What it took, in order: method and id. */
  async taken(): Promise<readonly (readonly [method: string, id: string])[]> {
    const text = await readFile(join(this.#folder, 'ids'), 'utf8');
    return text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
