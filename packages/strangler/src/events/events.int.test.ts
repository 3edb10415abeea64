import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromSource } from '../../../../scripts/compiled/from-source.ts';
import type { Route } from '../routes/route.ts';
import { send } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';
import type { EventRule, SpooledEvent } from './event-rule.ts';
import { EventSpool } from './event-spool.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'banyan-spool-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const orders: Route = {
  name: 'orders',
  match: { path: '/orders', methods: ['POST'] },
  owner: 'owner',
  mode: { kind: 'owner' },
};
const orderPlaced: EventRule = ({ request, reply }) => ({
  stream: `order-${JSON.parse(reply.body).id}`,
  type: 'OrderPlaced',
  data: JSON.parse(request.body),
});
const place = (url: string, order: object, headers: Record<string, string> = {}) => {
  const body = JSON.stringify(order);
  return send(`${url}/orders`, {
    method: 'POST',
    body,
    headers: { 'content-length': String(Buffer.byteLength(body)), ...headers },
  });
};
const startShop = () => {
  let next = 0;
  return startUpstream((req, res) => {
    void text(req).then((body) => {
      const status = JSON.parse(body).refuse === true ? 409 : 201;
      res.writeHead(status, { 'content-encoding': 'gzip' });
      res.end(gzipSync(JSON.stringify({ id: ++next })));
    });
  });
};

describe('a rule for events', () => {
  it('turns successful requests into events, and the others into nothing', async () => {
    await using shop = await startShop();
    const events: SpooledEvent[] = [];
    const sink = { append: async (more: readonly SpooledEvent[]) => void events.push(...more) };
    await using proxy = await startProxy(tableOf({ owner: shop.url }, [orders]), {
      hooks: { orders: { event: orderPlaced } },
      events: { directory, sink },
    });
    expect((await place(proxy.url, { item: 1 })).status).toBe(201);
    expect((await place(proxy.url, { refuse: true })).status).toBe(409);
    expect((await place(proxy.url, { item: 2 }, { expect: '100-continue' })).status).toBe(201);
    await vi.waitUntil(() => events.length === 2);
    expect(events.map(({ stream, data }) => [stream, data])).toEqual([
      ['order-1', { item: 1 }],
      ['order-3', { item: 2 }],
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it('sees GraphQL operations too, whose body was read already to tell the route', async () => {
    await using shop = await startShop();
    const events: SpooledEvent[] = [];
    const sink = { append: async (more: readonly SpooledEvent[]) => void events.push(...more) };
    const match = { path: '/orders', graphql: { operation: 'mutation', fields: ['placeOrder'] } } as const;
    await using proxy = await startProxy(tableOf({ owner: shop.url }, [{ ...orders, match }]), {
      hooks: { orders: { event: orderPlaced } },
      events: { directory, sink },
    });
    const json = { 'content-type': 'application/json' };
    expect((await place(proxy.url, { query: 'mutation { placeOrder }' }, json)).status).toBe(201);
    await vi.waitUntil(() => events.length === 1);
    expect(events[0]!.data).toEqual({ query: 'mutation { placeOrder }' });
  });

  it('keeps events while the sink is away, in order, and the user waits for nothing', async () => {
    await using shop = await startShop();
    const events: SpooledEvent[] = [];
    let away = true;
    const append = async (more: readonly SpooledEvent[]) => {
      if (away) throw new Error('away');
      events.push(...more);
    };
    await using proxy = await startProxy(tableOf({ owner: shop.url }, [orders]), {
      hooks: { orders: { event: orderPlaced } },
      events: { directory, sink: { append } },
    });
    for (let n = 0; n < 5; n++) expect((await place(proxy.url, { n })).status).toBe(201);
    expect(events).toEqual([]);
    away = false;
    await vi.waitUntil(() => events.length === 5, { timeout: 10_000 });
    expect(events.map(({ data }) => (data as { n: number }).n)).toEqual([0, 1, 2, 3, 4]);
  });

  it('refuses a request before it has an effect where no more events can be kept', async () => {
    await using shop = await startShop();
    const sink = { append: () => Promise.reject(new Error('away')) };
    await using proxy = await startProxy(tableOf({ owner: shop.url }, [orders]), {
      hooks: { orders: { event: orderPlaced } },
      events: { directory, sink, maxBytes: 300 },
    });
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await place(proxy.url, { n })).status);
    expect(statuses.filter((status) => status === 201).length).toBe(shop.requests.length);
    expect(statuses.at(-1)).toBe(503);
  });

  it('that throws costs nobody the reply, and is logged', async () => {
    await using shop = await startShop();
    const event = () => {
      throw new Error('no such field');
    };
    await using proxy = await startProxy(tableOf({ owner: shop.url }, [orders]), {
      hooks: { orders: { event } },
      events: { directory, sink: { append: async () => undefined } },
    });
    expect((await place(proxy.url, { item: 1 })).status).toBe(201);
    expect(proxy.log.find((line) => line.event === 'event-missing')?.message).toContain('no such field');
  });

  it('needs a place for its events', async () => {
    const table = tableOf({ owner: 'http://127.0.0.1:1' }, [orders]);
    await expect(startProxy(table, { hooks: { orders: { event: orderPlaced } } })).rejects.toThrow(
      /no place for them/,
    );
  });
});

describe('the spool', () => {
  const script = fileURLToPath(new URL('../testing/decorating-proxy.ts', import.meta.url));
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  function startProcess(owner: string, sink: string): Promise<{ url: string; child: ChildProcess }> {
    const child = spawn(process.execPath, fromSource(script, owner, directory, sink), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return new Promise((resolve, reject) => {
      child.stdout!.once('data', (url) => resolve({ url: String(url).trim(), child }));
      child.once('exit', (code) => reject(new Error(`the proxy ended with ${code}`)));
    });
  }

  it('delivers the event of every reply that was given, though the proxy is killed right after it', async () => {
    await using shop = await startShop();
    const seen = new Map<string, SpooledEvent>();
    await using sink = await startUpstream((req, res) => {
      void text(req).then((body) => {
        for (const event of JSON.parse(body) as SpooledEvent[]) seen.set(event.id, event);
        res.end();
      });
    });
    const acknowledged: number[] = [];
    for (let round = 0; round < 2; round++) {
      const { url, child } = await startProcess(shop.url, 'none');
      child.removeAllListeners('exit');
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const placing = Array.from({ length: 20 }, async (_, n) => {
        const reply = await place(url, { n: round * 100 + n });
        if (reply.status === 201) acknowledged.push(round * 100 + n);
        if (acknowledged.length === round * 20 + 12) child.kill('SIGKILL');
      });
      await Promise.allSettled(placing);
      await gone;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(24);
    await startProcess(shop.url, sink.url);
    const delivered = () => [...seen.values()].map(({ data }) => (data as { n: number }).n);
    await vi.waitUntil(() => acknowledged.every((n) => delivered().includes(n)), { timeout: 20_000 });
    await vi.waitUntil(() => readdirSync(directory).length === 0, { timeout: 20_000 });
  }, 60_000);

  it('leaves out a line that was cut off, and rotates its files', async () => {
    const events: SpooledEvent[] = [];
    const append = async (more: readonly SpooledEvent[]) => void events.push(...more);
    const event = (n: number) => ({
      id: `e${n}`,
      at: 'now',
      stream: 's',
      type: 'T',
      data: 'x'.repeat(40_000),
    });
    {
      await using spool = new EventSpool({ directory }, { append }, () => undefined);
      for (let n = 0; n < 60; n++) await spool.append(event(n));
      await vi.waitUntil(() => spool.size === 0, { timeout: 10_000 });
      expect(readdirSync(directory).length).toBeLessThanOrEqual(1);
    }
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, n) => `e${n}`));
  });
});
