import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { preparedDatabase } from '@banyan/postgres/testing';
import type { Tracing } from '@banyan/strangler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BanyanConfig } from '../config/config.ts';
import { openLedger } from '../ledger/ledger.ts';
import { RouteChanges } from '../ledger/routes/change-routes.ts';
import { keptTable } from './kept-table.ts';
import { type RunningProxy, runProxy } from './run-proxy.ts';

/** A way to the database that can be cut and mended. */
class Wire {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  async mend(): Promise<void> {
    const { hostname, port } = this.#target;
    this.#server = createTcpServer((client) => {
      const server = connect(Number(port), hostname);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
      }
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined));
  }

  get url(): string {
    return Object.assign(new URL(this.#target), { hostname: '127.0.0.1', port: String(this.port) }).href;
  }
}

const token = 'a-token-of-16-or-more';
const traced: string[] = [];
const tracing: Tracing = {
  begin({ path: where }) {
    traced.push(where);
    return { headers: {}, end: () => undefined };
  },
};
const said = { by: 'ada', reason: 'test', at: 'now' };
const closing: (() => unknown)[] = [];
let config: BanyanConfig;
let wire: Wire;
let changes: RouteChanges;

async function serve(name: string): Promise<string> {
  const server = createServer((_request, reply) => reply.end(name));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer = async ({ url }: RunningProxy) => (await fetch(`${url}/stock`)).text();
const control = async ({ controlUrl }: RunningProxy, where: string, init: RequestInit = {}) => {
  const reply = await fetch(`${controlUrl}${where}`, {
    ...init,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: reply.status, ...((await reply.json()) as { ledger?: string; revision?: number }) };
};
const hold = { method: 'POST', body: JSON.stringify({ by: 'ada', reason: 'test' }) };
const routeTo = (candidate: string) => ({ match: { path: '/stock' }, candidate, mode: { kind: 'moved' } });

beforeAll(async () => {
  const database = await preparedDatabase();
  const directory = await mkdtemp(path.join(tmpdir(), 'banyan-kept-'));
  wire = new Wire(database.url);
  await wire.mend();
  const ledger = await openLedger(database.url);
  const none = 'postgres://127.0.0.1/none';
  config = {
    ledger: { database: wire.url },
    monolith: { url: await serve('monolith'), database: none },
    proxy: { port: 0, state: path.join(directory, 'state', 'routes.json'), tracing },
    control: { port: 0, token },
    services: {
      one: { url: await serve('one'), database: none },
      two: { url: await serve('two'), database: none },
    },
    migrations: {},
  };
  changes = new RouteChanges(config, ledger);
  await changes.set('stock', routeTo('one'), said);
  closing.push(
    () => wire.cut(),
    () => ledger[Symbol.asyncDispose](),
    () => rm(directory, { recursive: true }),
    () => database[Symbol.asyncDispose](),
  );
});
afterAll(async () => {
  for (const close of closing) await close();
});

describe('a proxy whose ledger is away', () => {
  test('goes on with the last routes, over a restart too, and catches up when the ledger is back', async () => {
    const first = await runProxy(config);
    expect(await answer(first)).toBe('one');
    expect(traced).toContain('/stock');
    expect(await control(first, '/revision')).toMatchObject({ ledger: 'followed' });
    await wire.cut();
    expect(await answer(first)).toBe('one');
    expect(await control(first, '/revision')).toMatchObject({
      ledger: 'not reached',
      revision: expect.any(Number),
    });
    expect(await control(first, '/routes/stock/hold', hold)).toMatchObject({ status: 503 });
    await first.close();

    const log: string[] = [];
    const second = await runProxy(config, ({ event }) => log.push(event));
    expect(await answer(second)).toBe('one');
    expect(log).toContain('ledger-unreachable');
    expect(await control(second, '/revision')).toMatchObject({
      ledger: 'not reached',
      revision: expect.any(Number),
    });
    expect(await control(second, '/routes/stock/hold', hold)).toMatchObject({ status: 503 });
    await changes.set('stock', routeTo('two'), said);
    await wire.mend();
    await expect.poll(() => answer(second)).toBe('two');
    await second.close();

    await wire.cut();
    const third = await runProxy(config);
    expect(await answer(third)).toBe('two');
    await third.close();
    await wire.mend();
  }, 60_000);

  test('does not start where nothing was kept', async () => {
    const nowhere = { ...config, ledger: { database: 'postgres://127.0.0.1:9/none' } };
    await expect(runProxy({ ...nowhere, proxy: { port: 0 } })).rejects.toThrow();
    const { state } = config.proxy;
    await writeFile(`${state}.broken`, '{"revision":"1"');
    expect(keptTable(`${state}.broken`).read()).toBeUndefined();
  });
});
