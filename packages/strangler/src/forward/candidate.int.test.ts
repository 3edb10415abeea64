import { request } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import type { Route } from '../routes/route.ts';
import { open, send } from '../testing/send.ts';
import { startProxy, type TestProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';

const megabyte = 1_048_576;

const moved: Route = {
  name: 'items',
  match: { path: '/items/*' },
  owner: 'owner',
  candidate: 'candidate',
  mode: { kind: 'moved' },
};

const canary = (share: number): Route => ({ ...moved, mode: { kind: 'canary', share } });

/** Sums of what was reported, over all windows. */
async function reported(proxy: TestProxy, requests: number) {
  const sums = { owner: 0, ownerErrors: 0, candidate: 0, candidateErrors: 0, fallbacks: 0 };
  const add = () => {
    Object.assign(sums, { owner: 0, ownerErrors: 0, candidate: 0, candidateErrors: 0, fallbacks: 0 });
    for (const window of proxy.evidence) {
      sums.owner += window.owner.requests;
      sums.ownerErrors += window.owner.errors;
      sums.candidate += window.candidate.requests;
      sums.candidateErrors += window.candidate.errors;
      sums.fallbacks += window.fallbacks;
    }
    return sums.owner + sums.candidate >= requests;
  };
  await vi.waitUntil(add);
  return sums;
}

describe('a moved route', () => {
  it('is answered by the candidate, and the rest by the owner', async () => {
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((_req, res) => res.end('candidate'));
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [moved]));
    expect((await send(`${proxy.url}/items/1`)).body).toBe('candidate');
    expect((await send(`${proxy.url}/items/1`, { method: 'HEAD' })).status).toBe(200);
    expect((await send(`${proxy.url}/items/1`, { method: 'POST' })).body).toBe('owner');
    expect((await send(`${proxy.url}/items/../orders`)).body).toBe('owner');
    expect((await send(`${proxy.url}/other`)).body).toBe('owner');
    const withBody = { body: 'q', headers: { 'content-length': '1' } };
    expect((await send(`${proxy.url}/items/1`, withBody)).body).toBe('candidate');
    expect(await reported(proxy, 3)).toMatchObject({
      candidate: 3,
      candidateErrors: 0,
      owner: 0,
      fallbacks: 0,
    });
  });

  it.each<[string, string]>([
    ['answers 500', '/items/500'],
    ['resets the connection', '/items/reset'],
    ['breaks off in mid-body', '/items/broken'],
    ['breaks off in mid-body without a length', '/items/broken-chunks'],
    ['does not answer in time', '/items/slow'],
    ['stops in mid-body', '/items/stops'],
    ['gives headers that can’t be sent on', '/items/no-http'],
  ])('is answered whole by the owner where the candidate %s', async (_what, path) => {
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((req, res) => {
      if (req.url === '/items/500') res.writeHead(500).end('oops');
      if (req.url === '/items/reset') res.socket!.resetAndDestroy();
      if (req.url === '/items/broken')
        res.writeHead(200, { 'content-length': 9 }).write('par', () => res.socket!.destroy());
      if (req.url === '/items/broken-chunks') res.write('par', () => res.socket!.destroy());
      if (req.url === '/items/stops') res.write('par');
      if (req.url === '/items/no-http') res.socket!.end('nonsense\r\n\r\n');
    });
    const table = tableOf({ owner: owner.url, candidate: candidate.url }, [moved]);
    await using proxy = await startProxy(table, { limits: { candidateMs: 100 } });
    const reply = await send(`${proxy.url}${path}`);
    expect([reply.status, reply.body]).toEqual([200, 'owner']);
    expect(await reported(proxy, 2)).toEqual({
      candidate: 1,
      candidateErrors: 1,
      owner: 1,
      ownerErrors: 0,
      fallbacks: 1,
    });
    expect(proxy.proxy.totals()).toMatchObject({ requests: 1, failures: 0, fallbacks: 1 });
  });

  it('streams a long reply instead of holding it, and a broken one is seen', async () => {
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream(async (req, res) => {
      for (let n = 0; n < 5; n++)
        if (!res.write(Buffer.alloc(megabyte))) await new Promise((go) => res.once('drain', go));
      if (req.url === '/items/long') res.end();
      else res.socket!.destroy();
    });
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [moved]));
    expect((await send(`${proxy.url}/items/long`)).body).toHaveLength(5 * megabyte);
    await expect(send(`${proxy.url}/items/broken`)).rejects.toThrow(/aborted/);
    expect(await reported(proxy, 2)).toMatchObject({
      candidate: 2,
      candidateErrors: 1,
      owner: 0,
      fallbacks: 0,
    });
  });

  it('does not hold server-sent events back', async () => {
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    });
    const table = tableOf({ owner: owner.url, candidate: candidate.url }, [moved]);
    await using proxy = await startProxy(table, { limits: { candidateMs: 60_000 } });
    const events = await open(`${proxy.url}/items/1`);
    const first = await new Promise((resolve) => events.once('data', resolve));
    expect(String(first)).toBe('data: 1\n\n');
    events.destroy();
  });

  it('leaves a failing candidate alone for a while, and tries it again', async () => {
    let healthy = false;
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((_req, res) =>
      res.writeHead(healthy ? 200 : 500).end('candidate'),
    );
    const table = tableOf({ owner: owner.url, candidate: candidate.url }, [moved]);
    await using proxy = await startProxy(table, { limits: { breakerFailures: 3, breakerMs: 100 } });
    const ask = async () => (await send(`${proxy.url}/items/1`)).body;
    for (let n = 0; n < 10; n++) expect(await ask()).toBe('owner');
    expect(candidate.requests.length).toBeLessThan(10);
    healthy = true;
    await vi.waitUntil(async () => (await ask()) === 'candidate');
    expect(await ask()).toBe('candidate');
    expect(proxy.log.map(({ event }) => event)).toEqual(['breaker-open', 'breaker-closed']);
    expect(proxy.proxy.totals().failures).toBe(0);
  });

  it('asks nobody else when the client has gone', async () => {
    let gone = false;
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((_req, res) => {
      res.on('close', () => {
        gone = true;
      });
    });
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [moved]));
    const req = request(`${proxy.url}/items/1`)
      .on('error', () => undefined)
      .end();
    await vi.waitUntil(() => candidate.requests.length === 1);
    req.destroy();
    await vi.waitUntil(() => gone);
    await vi.waitUntil(() => proxy.proxy.totals().clientAborts === 1);
    expect(owner.requests).toEqual([]);
  });
});

describe('a canary', () => {
  it('keeps each client on its side, and the candidate’s clients stay when the share grows', async () => {
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((_req, res) => res.end('candidate'));
    const urls = { owner: owner.url, candidate: candidate.url };
    await using proxy = await startProxy(tableOf(urls, [canary(0.3)]));
    const ask = async (cookie: string) => (await send(`${proxy.url}/items/1`, { headers: { cookie } })).body;
    const cookies: string[] = [];
    const before: string[] = [];
    for (let n = 0; n < 40; n++) {
      const first = await send(`${proxy.url}/items/1`);
      const [cookie] = first.headers['set-cookie']!;
      expect(cookie).toMatch(/^banyan_sticky=[\w-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
      cookies.push(cookie!.split(';')[0]!);
      before.push(first.body);
    }
    expect(new Set(before)).toEqual(new Set(['owner', 'candidate']));
    expect(await Promise.all(cookies.map(ask))).toEqual(before);
    proxy.use({ ...tableOf(urls, [canary(0.6)]), revision: 2n });
    const after = await Promise.all(cookies.map(ask));
    for (const [n, side] of before.entries()) if (side === 'candidate') expect(after[n]).toBe('candidate');
    expect(after.filter((side) => side === 'candidate').length).toBeGreaterThan(
      before.filter((side) => side === 'candidate').length,
    );
  });

  it('sets its cookie only where it is needed', async () => {
    await using owner = await startUpstream((_req, res) => res.end('owner'));
    await using candidate = await startUpstream((_req, res) => res.end('candidate'));
    const urls = { owner: owner.url, candidate: candidate.url };
    const cookieFor = async (route: Route, headers: Record<string, string> = {}) => {
      await using proxy = await startProxy(tableOf(urls, [route]));
      return (await send(`${proxy.url}/items/1`, { headers })).headers['set-cookie'];
    };
    expect(await cookieFor(canary(0.5))).toHaveLength(1);
    expect(await cookieFor(canary(0))).toBeUndefined();
    expect(await cookieFor(canary(1))).toBeUndefined();
    expect(await cookieFor(moved)).toBeUndefined();
    expect(await cookieFor(canary(0.5), { cookie: 'banyan_sticky=k' })).toBeUndefined();
    const byUser: Route = { ...canary(0.5), stickiness: { header: 'X-User' } };
    expect(await cookieFor(byUser, { 'x-user': '7' })).toBeUndefined();
    expect(await cookieFor(byUser)).toHaveLength(1);
  });
});
