import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import type { Route, RouteMode } from '../routes/route.ts';
import { send } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';
import type { Translator } from './translator.ts';

/** Clients speak XML and the old address; the candidate speaks JSON and the new one. */
const translator: Translator = {
  request: ({ url, body, ...rest }) => ({
    ...rest,
    url: url.replace('/v1/item?id=', '/v2/items/'),
    headers: { ...rest.headers, accept: 'application/json' },
    body: body === '' ? '' : JSON.stringify({ name: /<name>(.*)<\/name>/.exec(body)![1] }),
  }),
  reply: ({ body, headers, status }) => ({
    status,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: `<item><price>${JSON.parse(body).price}</price></item>`,
  }),
};
const route = (mode: RouteMode): Route => ({
  name: 'item',
  match: { path: '/v1/item', methods: ['GET', 'POST'] },
  reads: 'all',
  owner: 'owner',
  candidate: 'candidate',
  mode,
  compare: { learn: 0 },
});

async function sides(price: unknown = 5, status = 200) {
  const asked: string[] = [];
  const owner = await startUpstream((_req, res) => {
    res.setHeader('content-type', 'application/xml');
    res.end('<item><price>5</price></item>');
  });
  const candidate = await startUpstream((req, res) => {
    void text(req).then((body) => {
      asked.push(`${req.method} ${req.url} ${req.headers.accept} ${body}`);
      res.writeHead(status, { 'content-type': 'application/json', etag: '"1"' });
      res.end(price === 'none' ? 'no JSON' : JSON.stringify({ price }));
    });
  });
  return { owner, candidate, asked, urls: { owner: owner.url, candidate: candidate.url } };
}

const hooks = { item: { translate: translator } };

describe('a translator', () => {
  it('lets the candidate answer clients that speak another protocol', async () => {
    const { owner, candidate, asked, urls } = await sides(7);
    await using proxy = await startProxy(tableOf(urls, [route({ kind: 'moved' })]), { hooks });
    const reply = await send(`${proxy.url}/v1/item?id=3`);
    expect(reply).toMatchObject({ status: 200, body: '<item><price>7</price></item>' });
    expect(reply.headers['content-type']).toBe('application/xml');
    expect(reply.headers.etag).toBeUndefined();
    const body = '<item><name>Abbey Road</name></item>';
    await send(`${proxy.url}/v1/item`, {
      method: 'POST',
      body,
      headers: { 'content-length': `${body.length}` },
    });
    expect(asked).toEqual([
      'GET /v2/items/3 application/json ',
      'POST /v1/item application/json {"name":"Abbey Road"}',
    ]);
    await owner[Symbol.asyncDispose]();
    await candidate[Symbol.asyncDispose]();
  });

  it.each<RouteMode>([
    { kind: 'shadow', sample: 1 },
    { kind: 'canary', share: 1, sample: 1 },
  ])('compares what clients get or would get: $kind', async (mode) => {
    for (const [price, outcome] of [
      [5, 'equal'],
      [6, 'different'],
    ] as const) {
      const { owner, candidate, urls } = await sides(price);
      await using proxy = await startProxy(tableOf(urls, [route(mode)]), { hooks });
      await send(`${proxy.url}/v1/item?id=3`);
      await vi.waitUntil(() => proxy.evidence.some(({ shadow }) => shadow[outcome] === 1), {
        timeout: 10_000,
      });
      await owner[Symbol.asyncDispose]();
      await candidate[Symbol.asyncDispose]();
    }
  });

  it.each<[string, unknown, number]>([
    ['fails', 5, 503],
    ['answers what can’t be translated', 'none', 200],
  ])('lets the owner answer where the candidate %s', async (_what, price, status) => {
    const { owner, candidate, urls } = await sides(price, status);
    await using proxy = await startProxy(tableOf(urls, [route({ kind: 'moved' })]), { hooks });
    expect((await send(`${proxy.url}/v1/item?id=3`)).body).toBe('<item><price>5</price></item>');
    await vi.waitUntil(() => proxy.evidence.some((one) => one.fallbacks === 1 && one.candidate.errors === 1));
    await owner[Symbol.asyncDispose]();
    await candidate[Symbol.asyncDispose]();
  });

  it('says so where nobody stands in for the candidate', async () => {
    const { owner, candidate, urls } = await sides('none');
    const alone = { ...route({ kind: 'moved' }), fallback: false };
    await using proxy = await startProxy(tableOf(urls, [alone]), { hooks });
    expect((await send(`${proxy.url}/v1/item?id=3`)).status).toBe(502);
    await owner[Symbol.asyncDispose]();
    await candidate[Symbol.asyncDispose]();
  });
});
