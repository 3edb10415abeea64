import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import { IdUpstream } from '../testing/id-upstream.ts';
import { Shoppers, type Told } from '../testing/shoppers.ts';

const program = fileURLToPath(new URL('proxy.program.ts', import.meta.url));

/** A proxy with workers in processes of their own. */
class WorkersProxy implements AsyncDisposable {
  readonly events: string[] = [];
  /** The process of each worker that has started, the latest last. */
  readonly pids: number[] = [];
  readonly child: ChildProcess;
  readonly url: string;

  private constructor(upstream: string, port: number, workers: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.child = spawn(process.execPath, fromSource(program, upstream, String(port), String(workers)), {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.child.on('message', (event) => this.events.push(String(event)));
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      for (const [, pid] of text.matchAll(/^\d+ (\d+)$/gm)) this.pids.push(Number(pid));
    });
  }

  static async start(upstream: string, workers: number): Promise<WorkersProxy> {
    const proxy = new WorkersProxy(upstream, await freePort(), workers);
    await vi.waitUntil(() => proxy.pids.length === workers, { timeout: 90_000 });
    return proxy;
  }

  /** Ends it as an operator does; resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    return this.child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function successes(told: readonly Told[], more: number): Promise<void> {
  const count = () => told.filter(({ status }) => status === 200).length;
  const goal = count() + more;
  while (count() < goal) await wait(5);
}

describe('workers', { timeout: 120_000 }, () => {
  test('share a port, and one that is killed is started again; no request is doubled or answered wrongly', async () => {
    await using upstream = await IdUpstream.start();
    await using proxy = await WorkersProxy.start(upstream.url, 2);
    expect(new Set(proxy.pids).size).toBe(2);
    const shoppers = new Shoppers(() => proxy.url, 8);
    await successes(shoppers.told, 50);
    process.kill(proxy.pids[0]!, 'SIGKILL');
    await vi.waitUntil(() => proxy.pids.length === 3, { timeout: 90_000 });
    await successes(shoppers.told, 50);
    const told = await shoppers.stop();
    expect(proxy.events).toContain('worker-ended');
    const times = new Map<string, number>();
    for (const [, id] of await upstream.taken()) times.set(id, (times.get(id) ?? 0) + 1);
    for (const { id, method, status, right } of told) {
      if (status === 200) expect([right, times.has(id)]).toEqual([true, true]);
      if (method !== 'GET') expect(times.get(id) ?? 0).toBeLessThanOrEqual(1);
    }
    expect(told.filter(({ status }) => status !== 200 && status !== 0)).toEqual([]);
    expect(await proxy.stop()).toBe(0);
  });

  test('are replaced one after the other on SIGHUP, without a request lost', async () => {
    await using upstream = await IdUpstream.start();
    await using proxy = await WorkersProxy.start(upstream.url, 2);
    const shoppers = new Shoppers(() => proxy.url, 8);
    for (let round = 1; round <= 2; round++) {
      await successes(shoppers.told, 50);
      proxy.child.kill('SIGHUP');
      const done = () => proxy.events.filter((event) => event === 'workers-reloaded').length === round;
      await vi.waitUntil(done, { timeout: 60_000 });
    }
    await successes(shoppers.told, 50);
    const told = await shoppers.stop();
    expect(new Set(proxy.pids).size).toBe(6);
    expect(told.filter(({ status }) => status !== 200)).toEqual([]);
    const ids = (await upstream.taken()).map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
