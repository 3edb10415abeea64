import { gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import type { ShadowStats } from '../evidence/evidence.ts';
import type { Route } from '../routes/route.ts';
import { send } from '../testing/send.ts';
import { startProxy, type TestProxy, tableOf } from '../testing/test-proxy.ts';
import { startJsonUpstream, startUpstream } from '../testing/test-upstream.ts';

const shadowed: Route = {
  name: 'items',
  match: { path: '/items/*' },
  owner: 'owner',
  candidate: 'candidate',
  mode: { kind: 'shadow', sample: 1 },
  compare: { ignore: ['updatedAt'], learn: 0 },
};

/** Everything is compared, whoever answers. */
const canary = (share: number): Route => ({ ...shadowed, mode: { kind: 'canary', share, sample: 1 } });

/** Sums of what came of the copies, once as many are decided. */
async function shadowStats(proxy: TestProxy, decided: number): Promise<ShadowStats> {
  const names = ['samples', 'equal', 'late', 'different', 'failed', 'dropped'] as const;
  const sum = () =>
    Object.fromEntries(
      names.map((name) => [name, proxy.evidence.reduce((total, { shadow }) => total + shadow[name], 0)]),
    ) as unknown as ShadowStats;
  await vi.waitUntil(() => sum().samples + sum().dropped >= decided, { timeout: 20_000 });
  return sum();
}

describe('a shadowed route', () => {
  it('gives the user the owner’s reply and copies the read, marked, to the candidate', async () => {
    await using owner = await startJsonUpstream(() => ({ price: 9.5, updatedAt: 1 }));
    await using candidate = await startJsonUpstream(() => ({ updatedAt: 2, price: 9.5 }));
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [shadowed]));
    const headers = { cookie: 'session=1', 'banyan-shadow': '1' };
    const reply = await send(`${proxy.url}/items/1?a=b`, { headers });
    expect(JSON.parse(reply.body)).toEqual({ price: 9.5, updatedAt: 1 });
    expect(await shadowStats(proxy, 1)).toEqual({
      samples: 1,
      equal: 1,
      late: 0,
      different: 0,
      failed: 0,
      dropped: 0,
    });
    const [copy] = candidate.requests;
    expect([copy!.method, copy!.url]).toEqual(['GET', '/items/1?a=b']);
    expect(copy!.headers).toMatchObject({
      'banyan-shadow': '1',
      'accept-encoding': 'identity',
      cookie: 'session=1',
    });
    expect(owner.requests[0]!.headers['banyan-shadow']).toBeUndefined();
  });

  it('reports a difference with its place, after asking both again', async () => {
    await using owner = await startJsonUpstream(() => ({ items: [{ price: 10 }] }));
    await using candidate = await startJsonUpstream(() => ({ items: [{ price: 11 }] }));
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [shadowed]));
    await send(`${proxy.url}/items/1?token=secret`);
    expect(await shadowStats(proxy, 1)).toMatchObject({ samples: 1, different: 1, late: 0 });
    const differences = proxy.evidence.flatMap((window) => window.differences);
    expect(differences).toEqual([
      { method: 'GET', path: '/items/1?token=…', at: 'items[0].price', owner: '10', candidate: '11' },
    ]);
    expect(owner.requests).toHaveLength(4);
  });

  it('learns which fields of the owner differ from themselves, and takes them for no difference', async () => {
    let times = 0;
    const answer = () => ({ at: times++, id: Math.random(), items: [{ price: 10 }] });
    await using owner = await startJsonUpstream(answer);
    let price = 10;
    await using candidate = await startJsonUpstream(() => ({ ...answer(), items: [{ price }] }));
    const route: Route = { ...shadowed, compare: {} };
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [route]));
    for (let n = 0; n < 5; n++) await send(`${proxy.url}/items/${n}`);
    expect(await shadowStats(proxy, 5)).toMatchObject({ equal: 5, late: 0, different: 0 });
    await vi.waitUntil(() => proxy.evidence.some(({ noise }) => noise?.length === 2));
    price = 11;
    await send(`${proxy.url}/items/6`);
    expect(await shadowStats(proxy, 6)).toMatchObject({ equal: 5, different: 1 });
    const fields = proxy.evidence.flatMap((window) => window.fields);
    expect(fields).toEqual([{ field: 'items[*].price', count: 1 }]);
    expect(owner.requests.filter(({ headers }) => headers['banyan-shadow'] === undefined)).toHaveLength(6);
  });

  it('takes a candidate that follows a moment later for late, not different', async () => {
    let behind = 2;
    await using owner = await startJsonUpstream(() => ({ version: 2 }));
    await using candidate = await startJsonUpstream(() => ({ version: behind-- > 0 ? 1 : 2 }));
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [shadowed]));
    await send(`${proxy.url}/items/1`);
    expect(await shadowStats(proxy, 1)).toMatchObject({ late: 1, different: 0 });
  });

  it('compares what users get compressed', async () => {
    await using owner = await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      res.end(gzipSync('{"a":1}'));
    });
    await using candidate = await startJsonUpstream(() => ({ a: 1 }));
    await using proxy = await startProxy(tableOf({ owner: owner.url, candidate: candidate.url }, [shadowed]));
    await send(`${proxy.url}/items/1`, { headers: { 'accept-encoding': 'gzip' } });
    expect(await shadowStats(proxy, 1)).toMatchObject({ equal: 1 });
  });

  it('never makes a user wait for the candidate, nor copies more than the limit at a time', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    await using candidate = await startUpstream(() => undefined);
    const table = tableOf({ owner: owner.url, candidate: candidate.url }, [shadowed]);
    await using proxy = await startProxy(table, { limits: { shadowRequests: 2, candidateMs: 2_000 } });
    const startedAt = performance.now();
    for (let n = 0; n < 5; n++) expect((await send(`${proxy.url}/items/${n}`)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(await shadowStats(proxy, 5)).toMatchObject({ failed: 2, dropped: 3, samples: 2 });
  });

  it('leaves out what can’t be compared: errors of the owner, partial and conditional reads, bodies too long', async () => {
    await using owner = await startUpstream((req, res) => {
      if (req.url === '/items/error') res.writeHead(500);
      res.end(req.url === '/items/long' ? 'x'.repeat(5_000) : 'ok');
    });
    await using candidate = await startUpstream((_req, res) => res.end('ok'));
    const table = tableOf({ owner: owner.url, candidate: candidate.url }, [shadowed]);
    await using proxy = await startProxy(table, { limits: { compareBytes: 1_000 } });
    await send(`${proxy.url}/items/error`);
    await send(`${proxy.url}/items/1`, { headers: { range: 'bytes=0-1' } });
    await send(`${proxy.url}/items/1`, { headers: { 'if-none-match': '"1"' } });
    await send(`${proxy.url}/items/1`, { method: 'POST' });
    await send(`${proxy.url}/items/long`);
    await send(`${proxy.url}/items/2`);
    expect(await shadowStats(proxy, 2)).toMatchObject({ samples: 1, equal: 1, dropped: 1 });
    expect(candidate.requests.map(({ url }) => url)).toEqual(['/items/2']);
  });

  it('counts a candidate that is down as failed', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    await using proxy = await startProxy(
      tableOf({ owner: owner.url, candidate: 'http://127.0.0.1:9' }, [shadowed]),
    );
    expect((await send(`${proxy.url}/items/1`)).status).toBe(200);
    expect(await shadowStats(proxy, 1)).toMatchObject({ samples: 1, failed: 1 });
    expect(proxy.proxy.totals().failures).toBe(0);
  });

  it('asks the other side of a canary for the sample, whoever answers', async () => {
    await using owner = await startJsonUpstream(() => ({}));
    await using candidate = await startJsonUpstream(() => ({}));
    await using proxy = await startProxy(
      tableOf({ owner: owner.url, candidate: candidate.url }, [canary(0.5)]),
    );
    for (let n = 0; n < 20; n++)
      await send(`${proxy.url}/items/${n}`, { headers: { cookie: `banyan_sticky=${n}` } });
    expect(await shadowStats(proxy, 20)).toMatchObject({ equal: 20 });
    const copies = [owner, candidate].map(
      ({ requests }) => requests.filter(({ headers }) => headers['banyan-shadow'] === '1').length,
    );
    expect(copies[0]).toBeGreaterThan(0);
    expect(copies[1]).toBeGreaterThan(0);
    expect(copies[0]! + copies[1]!).toBe(20);
  });

  it.each([
    ['that can be held back', {}],
    ['that nobody stands in for', { fallback: false }],
  ])('compares what the candidate answers with the owner’s reply: one %s', async (_name, how) => {
    await using owner = await startJsonUpstream(() => ({ items: [{ price: 10 }] }));
    await using candidate = await startJsonUpstream(() => ({ items: [{ price: 11 }] }));
    const table = tableOf({ owner: owner.url, candidate: candidate.url }, [{ ...canary(1), ...how }]);
    await using proxy = await startProxy(table);
    expect((await send(`${proxy.url}/items/1`)).body).toContain('11');
    expect(await shadowStats(proxy, 1)).toMatchObject({ samples: 1, different: 1 });
    expect(proxy.evidence.flatMap((window) => window.differences)).toMatchObject([
      { at: 'items[0].price', owner: '10', candidate: '11' },
    ]);
    const copies = proxy.evidence.map((window) => window.copies.requests + window.owner.requests);
    expect(copies.every((count) => count === 0)).toBe(true);
  });

  it('compares nothing where the owner has to stand in, has no reply of its own, or the client has gone', async () => {
    await using owner = await startUpstream((req, res) => {
      if (req.url === '/items/error') res.writeHead(500);
      res.end('ok');
    });
    await using candidate = await startUpstream((req, res) => {
      if (req.url === '/items/down') req.socket.destroy();
      else if (req.url === '/items/half') res.write('o');
      else res.end('ok');
    });
    await using proxy = await startProxy(
      tableOf({ owner: owner.url, candidate: candidate.url }, [canary(1)]),
    );
    expect((await send(`${proxy.url}/items/down`)).body).toBe('ok');
    await send(`${proxy.url}/items/error`);
    const half = new AbortController();
    const gone = fetch(`${proxy.url}/items/half`, { signal: half.signal }).catch(() => 'gone');
    await vi.waitUntil(() => candidate.requests.some(({ url }) => url === '/items/half'));
    half.abort();
    expect(await gone).toBe('gone');
    // Every place for a comparison is free again.
    for (let n = 0; n < 20; n++) await send(`${proxy.url}/items/${n}`);
    expect(await shadowStats(proxy, 21)).toMatchObject({ samples: 20, equal: 20, dropped: 1 });
  });
});
