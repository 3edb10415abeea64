import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { openLedger } from '../ledger/ledger.ts';
import { runProxy } from '../proxy/run-proxy.ts';
import { splitSystem } from '../testing/split-system.ts';
import { checkWritten, moveStock, type Written } from '../testing/split-writers.ts';

/** A server that moves stock in its own database, as the monolith and the service do; a refused write is an error of its. */
async function serveStock(pool: pg.Pool): Promise<Server & AsyncDisposable> {
  const server = createServer((request, reply) => {
    const [, , stock, ref] = request.url!.split('/').map(Number);
    request.resume();
    moveStock(pool, ref!, stock!).then(
      () => reply.writeHead(201).end(),
      (error: Error) => reply.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test('no client of the proxy sees an error while the owner is changed and changed back, and nothing is lost or doubled', {
  timeout: 120_000,
}, async () => {
  await using system = await splitSystem(50);
  const { source, target, banyan } = system;
  // However slow the machine, nobody must run out of patience here.
  await system.configure({ settleMs: 60_000, drainMs: 60_000, switchMs: 60_000, lagMs: 60_000 });
  await using monolith = await serveStock(source);
  await using service = await serveStock(target);
  const config = await loadConfig(system.configFile);
  const proxy = await runProxy({
    ...config,
    monolith: { ...config.monolith, url: urlOf(monolith) },
    services: { warehouse: { ...config.services.warehouse!, url: urlOf(service) } },
    proxy: { port: 0, operations: { port: 0 }, limits: { heldMs: 90_000 } },
  });
  await using ledger = await openLedger(config.ledger.database);
  const written = new Map<number, Written>();
  const wrong: string[] = [];
  let reference = 0;
  let stopping = false;
  const client = async () => {
    while (!stopping) {
      const ref = ++reference;
      const reply = await fetch(`${proxy.url}/stock/${1 + (ref % 50)}/${ref}`, { method: 'POST', body: 'x' });
      const text = await reply.text();
      if (reply.status === 201) written.set(ref, { at: performance.now(), side: 'source' });
      else wrong.push(`${reply.status} ${text}`);
    }
  };
  try {
    await banyan('run');
    const clients = [1, 2, 3, 4].map(client);
    for (const action of ['cutover', 'reverse']) {
      const seen = written.size;
      await expect.poll(() => written.size > seen + 20).toBe(true);
      await ledger.until(
        ({ proxies }) => Object.values(proxies).find(({ at }) => Date.now() - Date.parse(at) < 1_500),
        { timeoutMs: 60_000, what: 'the proxy to say that it forwards' },
      );
      expect(await banyan(action), wrong.join('\n')).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/1 proxy holds writes, nothing is under way\n/),
      });
    }
    stopping = true;
    await Promise.all(clients);
    expect(wrong).toEqual([]);
    expect(await checkWritten(source, written)).toEqual({ lost: 0, doubled: 0, off: 0 });
    const metrics = await (await fetch(`${proxy.operationsUrl}/metrics`)).text();
    expect(Number(/banyan_proxy_held_total (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0);
  } finally {
    stopping = true;
    await proxy.close();
  }
});
