import { describe, expect, it, vi } from 'vitest';
import { send } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';
import type { FinishedRequest } from './finished-request.ts';
import { serveOperations } from './serve-operations.ts';

const route = {
  name: 'items',
  match: { path: '/items/*' },
  owner: 'owner',
  mode: { kind: 'owner' },
} as const;

describe('operations', () => {
  it('tells of every request how it ended, without its query', async () => {
    const finished: FinishedRequest[] = [];
    await using upstream = await startUpstream((req, res) => {
      if (req.url!.includes('break')) res.write('a part', () => res.socket!.destroy());
      else res.end('hello');
    });
    const options = { finished: (request: FinishedRequest) => void finished.push(request) };
    await using proxy = await startProxy(tableOf({ owner: upstream.url }, [route]), options);
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
    await send(`${proxy.url}/items/1?token=secret`, { headers });
    await send(`${proxy.url}/break`).catch(() => undefined);
    await send(`${proxy.url}/refused`, { method: 'TRACE' });
    await vi.waitUntil(() => finished.length === 3);
    expect(finished).toMatchObject([
      {
        method: 'GET',
        path: '/items/1',
        status: 200,
        bytes: 5,
        upstream: 'owner',
        route: 'items',
        revision: '1',
        trace,
      },
      { path: '/break', status: 200, outcome: 'broken' },
      { method: 'TRACE', status: 405, outcome: 'refused' },
    ]);
    expect(finished[0]!.outcome).toBeUndefined();
    expect(JSON.stringify(finished)).not.toContain('secret');
  });

  it('serves metrics that Prometheus can read, health, and whether it is ready', async () => {
    await using upstream = await startUpstream((_req, res) => res.end('hello'));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }, [route]));
    await using operations = await serveOperations(proxy.proxy, { port: 0 });
    for (let n = 0; n < 3; n++) await send(`${proxy.url}/items/1`);
    const { body, headers } = await send(`${operations.url}/metrics`);
    expect(headers['content-type']).toContain('version=0.0.4');
    const line =
      /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? [\d.e+-]+)$/;
    for (const text of body.trimEnd().split('\n')) expect(text).toMatch(line);
    expect(body).toContain('banyan_proxy_requests_total 3');
    expect(body).toContain('banyan_proxy_replies_total{class="2xx"} 3');
    expect(body).toContain('banyan_proxy_request_duration_seconds_count 3');
    expect(body).toContain('banyan_proxy_upstream_requests_total{upstream="owner"} 3');
    expect(body).toContain('banyan_proxy_upstream_connections{upstream="owner",state="idle"} 1');
    expect((await send(`${operations.url}/healthz`)).status).toBe(200);
    expect((await send(`${operations.url}/readyz`)).status).toBe(200);
    await proxy.proxy.close();
    expect((await send(`${operations.url}/readyz`)).status).toBe(503);
    expect((await send(`${operations.url}/healthz`)).status).toBe(200);
  });

  it('leaves an upstream alone that fails time after time, says so, and comes back to it', async () => {
    let up = false;
    await using upstream = await startUpstream((_req, res) => {
      if (up) res.end('up');
      else res.socket!.destroy();
    });
    const limits = { guardFailures: 3, guardMs: 100 };
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { limits });
    for (let n = 0; n < 3; n++) expect((await send(proxy.url, { method: 'POST' })).status).toBe(502);
    const reached = upstream.requests.length;
    const refused = await send(proxy.url, { method: 'POST' });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.body).toContain('guardFailures');
    expect(upstream.requests.length).toBe(reached);
    up = true;
    await vi.waitUntil(async () => (await send(proxy.url)).status === 200);
    expect(proxy.log.map(({ event }) => event)).toEqual(['upstream-down', 'upstream-up']);
  });
});
