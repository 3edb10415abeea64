import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { RouteTable } from '../routes/route.ts';
import { send } from '../testing/send.ts';
import { startProxy, type TestProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream, type TestUpstream } from '../testing/test-upstream.ts';

/** Answers with its name and the body it got, and only when it may. */
async function startNamed(name: string) {
  const gate = { open: Promise.resolve() };
  const upstream = await startUpstream((req, res) => {
    void text(req).then(async (body) => {
      await gate.open;
      res.end(`${name} ${body}`);
    });
  });
  return Object.assign(upstream, { gate });
}

describe('a route whose owner is being changed', () => {
  let before: TestUpstream & { gate: { open: Promise<void> } };
  let after: TestUpstream;
  let proxy: TestProxy;
  let revision = 1n;

  const table = (owner: 'owner' | 'candidate', forMs?: number): RouteTable => ({
    ...tableOf({ owner: before.url, candidate: after.url }, [
      {
        name: 'stock',
        match: { methods: ['GET', 'POST'], path: '/stock/*' },
        owner,
        mode: { kind: 'owner' },
        ...(forMs === undefined ? {} : { hold: { id: 'a', forMs } }),
      },
    ]),
    revision: revision++,
  });
  const start = async (limits: Partial<ProxyLimits> = {}) => {
    proxy = await startProxy(table('owner'), { limits });
  };
  const post = (body = '1', path = '/stock/1') =>
    send(`${proxy.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-length': String(body.length) },
    });
  const held = (count: number) =>
    expect.poll(() => proxy.proxy.metrics()).toContain(`banyan_proxy_held_requests ${count}\n`);

  beforeEach(async () => {
    before = await startNamed('before');
    after = await startNamed('after');
  });
  afterEach(async () => {
    for (const one of [proxy, before, after]) await one[Symbol.asyncDispose]();
  });

  it('makes writes wait and sends them to the new owner, while reads and other routes go on', async () => {
    await start();
    proxy.use(table('owner', 60_000));
    const waiting = Promise.all(['1', '2', '3'].map((body) => post(body)));
    await held(3);
    expect((await send(`${proxy.url}/stock/1`)).body).toBe('before ');
    expect((await post('x', '/other')).body).toBe('before x');
    proxy.use(table('candidate', 60_000));
    expect((await send(`${proxy.url}/stock/1`)).body).toBe('after ');
    await held(3);
    proxy.use(table('candidate'));
    expect((await waiting).map(({ status, body }) => [status, body])).toEqual([
      [200, 'after 1'],
      [200, 'after 2'],
      [200, 'after 3'],
    ]);
    expect(proxy.proxy.totals()).toMatchObject({ held: 3, heldRefused: 0, failures: 0 });
    await held(0);
  });

  it('says when what was under way has ended', async () => {
    await start();
    let open = () => {};
    before.gate.open = new Promise((resolve) => {
      open = resolve;
    });
    const underWay = post();
    await expect.poll(() => before.requests.length).toBe(1);
    expect(proxy.proxy.drained('a')).toBe(false);
    proxy.use(table('owner', 60_000));
    expect(proxy.proxy.drained('a')).toBe(false);
    const late = post('late');
    open();
    expect((await underWay).body).toBe('before 1');
    await expect.poll(() => proxy.proxy.drained('a')).toBe(true);
    expect(proxy.proxy.drained('another')).toBe(false);
    proxy.use(table('owner'));
    expect((await late).body).toBe('before late');
  });

  it('refuses with 503 and Retry-After what is too much or too long', async () => {
    await start({ heldRequests: 1, heldMs: 300 });
    proxy.use(table('owner', 60_000));
    const first = post();
    await held(1);
    const second = await post();
    expect(second).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(second.body).toContain('limit `heldRequests`');
    const late = await first;
    expect(late).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(late.body).toContain('limit `heldMs`');
    expect(proxy.proxy.metrics()).toContain('banyan_proxy_held_refused_total 2\n');
    expect(before.requests).toEqual([]);
  });

  it('goes on by itself when whoever was to end it has died', async () => {
    await start();
    proxy.use(table('owner', 200));
    expect((await post()).body).toBe('before 1');
  });

  it('forgets a client that has gone', async () => {
    await start();
    proxy.use(table('owner', 60_000));
    const leaving = new AbortController();
    const gone = fetch(`${proxy.url}/stock/1`, { method: 'POST', body: '1', signal: leaving.signal });
    gone.catch(() => undefined);
    await held(1);
    leaving.abort();
    await held(0);
    expect(before.requests).toEqual([]);
  });
});
