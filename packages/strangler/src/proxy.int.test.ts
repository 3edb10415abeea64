import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { Invalid } from '@banyan/runtime';
import { describe, expect, it, vi } from 'vitest';
import { createProxy } from './proxy.ts';
import type { Route, RouteMode } from './routes/route.ts';
import { send } from './testing/send.ts';
import { startProxy, tableOf } from './testing/test-proxy.ts';
import { startJsonUpstream, startUpstream } from './testing/test-upstream.ts';

function routeIn(mode: RouteMode): Route {
  return { name: 'items', match: { path: '/items/*' }, owner: 'owner', candidate: 'candidate', mode };
}

const modes: readonly RouteMode[] = [
  { kind: 'owner' },
  { kind: 'shadow', sample: 0.5 },
  { kind: 'canary', share: 0.3, sample: 0.5 },
  { kind: 'moved' },
];

describe('a proxy', () => {
  it('loses and doubles nothing while routes and upstreams change under load', async () => {
    const seen = new Map<string, number>();
    const start = () =>
      startUpstream((req, res) => {
        const id = String(req.headers['x-id']);
        if (req.headers['banyan-shadow'] === undefined) seen.set(id, (seen.get(id) ?? 0) + 1);
        req.resume().on('end', () => res.end(id));
      });
    await using owner = await start();
    await using otherOwner = await start();
    await using candidate = await start();
    const tableAt = (revision: number) => ({
      ...tableOf({ owner: revision % 2 ? owner.url : otherOwner.url, candidate: candidate.url }, [
        routeIn(modes[revision % modes.length]!),
      ]),
      revision,
    });
    await using proxy = await startProxy(tableAt(1));
    let next = 0;
    const client = async () => {
      while (next < 1_500) {
        const id = String(next++);
        if (next % 10 === 0) proxy.use(tableAt(next));
        const method = next % 3 === 0 ? 'POST' : 'GET';
        const body = method === 'POST' ? 'body' : undefined;
        const reply = await send(`${proxy.url}/items/${id}`, {
          method,
          headers: { 'x-id': id },
          ...(body ? { body } : {}),
        });
        expect([reply.status, reply.body]).toEqual([200, id]);
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    expect(proxy.proxy.totals()).toMatchObject({ failures: 0, fallbacks: 0 });
  });

  it('reports evidence of each revision by itself', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    const urls = { owner: owner.url, candidate: owner.url };
    await using proxy = await startProxy(tableOf(urls, [routeIn({ kind: 'owner' })]), {
      instance: 'proxy-1',
    });
    await send(`${proxy.url}/items/1`);
    proxy.use({ ...tableOf(urls, [routeIn({ kind: 'owner' })]), revision: 2n });
    await send(`${proxy.url}/items/1`);
    await send(`${proxy.url}/unmatched`);
    await vi.waitUntil(() => proxy.evidence.length === 2);
    expect(proxy.evidence).toMatchObject([
      { route: 'items', revision: 1n, instance: 'proxy-1', owner: { requests: 1, errors: 0 } },
      { route: 'items', revision: 2n, instance: 'proxy-1', owner: { requests: 1, errors: 0 } },
    ]);
    expect(proxy.evidence[0]!.owner.maxMs).toBeGreaterThan(0);
    expect(proxy.evidence[0]!.from.getTime()).toBeLessThanOrEqual(proxy.evidence[0]!.to.getTime());
  });

  it('goes on with the last good table, and does not start without one', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    const good = tableOf({ owner: owner.url });
    const bad = { ...good, default: 'nobody', revision: 2n };
    await using proxy = await startProxy(good);
    proxy.use(bad);
    for (let n = 0; n < 3; n++) expect((await send(proxy.url)).status).toBe(200);
    expect(proxy.log.map(({ event }) => event)).toEqual(['routes-refused']);
    expect(() => createProxy({ routes: () => bad, sink: { record: async () => undefined } })).toThrow(
      Invalid,
    );
  });

  it('serves while its sink fails', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    const urls = { owner: owner.url, candidate: owner.url };
    const sink = { record: () => Promise.reject(new Error('ledger down')) };
    await using proxy = await startProxy(tableOf(urls, [routeIn({ kind: 'owner' })]), { sink });
    await send(`${proxy.url}/items/1`);
    await vi.waitUntil(() => proxy.log.length > 0);
    expect((await send(`${proxy.url}/items/1`)).status).toBe(200);
    expect(proxy.log.map(({ event }) => event)).toEqual(['evidence-refused']);
  });

  it('lets requests under way end when it closes, and reports their evidence', async () => {
    let release = () => {};
    await using owner = await startUpstream((_req, res) => {
      release = () => void res.end('whole');
    });
    const urls = { owner: owner.url, candidate: owner.url };
    await using proxy = await startProxy(tableOf(urls, [routeIn({ kind: 'owner' })]), {
      limits: { evidenceMs: 60_000 },
    });
    const agent = new Agent({ keepAlive: true });
    const reply = new Promise<string | undefined>((resolve, reject) => {
      request(`${proxy.url}/items/1`, { agent }, (res) => {
        res.resume().on('end', () => resolve(res.headers.connection));
      })
        .on('error', reject)
        .end();
    });
    await vi.waitUntil(() => owner.requests.length === 1);
    const closed = proxy.proxy.close();
    await expect(send(proxy.url)).rejects.toThrow(/ECONNREFUSED/);
    release();
    expect(await reply).toBe('close');
    await closed;
    expect(proxy.evidence).toMatchObject([{ owner: { requests: 1, errors: 0 } }]);
    agent.destroy();
  });

  it('does not wait for ever when it closes', async () => {
    await using owner = await startUpstream(() => undefined);
    await using proxy = await startProxy(tableOf({ owner: owner.url }), { limits: { drainMs: 50 } });
    const reply = send(proxy.url);
    reply.catch(() => undefined);
    const idle = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    await vi.waitUntil(() => owner.requests.length === 1);
    await proxy.proxy.close();
    await expect(reply).rejects.toThrow();
    idle.destroy();
  });

  it('closes even where its sink never answers', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    const urls = { owner: owner.url, candidate: owner.url };
    const sink = { record: () => new Promise<void>(() => undefined) };
    const limits = { drainMs: 50 };
    await using proxy = await startProxy(tableOf(urls, [routeIn({ kind: 'owner' })]), { sink, limits });
    await send(`${proxy.url}/items/1`);
    await expect(
      Promise.race([proxy.proxy.close(), new Promise((late) => setTimeout(late, 5_000, 'late'))]),
    ).resolves.toBe(undefined);
  });

  it('says so when the port is taken', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    const table = tableOf({ owner: owner.url });
    await using proxy = createProxy({ routes: () => table, sink: { record: async () => undefined } });
    await expect(proxy.listen({ port: owner.port })).rejects.toThrow(/EADDRINUSE/);
  });
});
