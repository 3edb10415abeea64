import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { send } from '../testing/send.ts';
import { startProxy, type TestProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream, type TestUpstream } from '../testing/test-upstream.ts';
import type { TranslatedRequest } from '../translate/translator.ts';
import type { Route, RouteTable } from './route.ts';

/** Answers with its name and what it was sent; `bodies` are those of requests that are no copies. */
async function startNamed(name: string, status = 200) {
  const bodies: string[] = [];
  const copies: string[] = [];
  const upstream = await startUpstream((req, res) => {
    void text(req).then((body) => {
      (req.headers['banyan-shadow'] === undefined ? bodies : copies).push(body);
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ data: 'same', ...(status < 500 ? {} : { failed: name }) }));
    });
  });
  return Object.assign(upstream, { bodies, copies });
}

type Named = Awaited<ReturnType<typeof startNamed>>;

async function both(route: Partial<Route>, failing = false) {
  const owner = await startNamed('owner');
  const candidate = await startNamed('candidate', failing ? 503 : 200);
  const table = tableOf({ owner: owner.url, candidate: candidate.url }, [
    {
      name: 'products',
      match: { path: '/graphql', graphql: { fields: ['products', 'product'] } },
      owner: 'owner',
      candidate: 'candidate',
      mode: { kind: 'moved' },
      compare: { learn: 0 },
      ...route,
    },
  ]);
  return { owner, candidate, table };
}

async function close(...parts: readonly AsyncDisposable[]): Promise<void> {
  for (const part of parts) await part[Symbol.asyncDispose]();
}

function ask(proxy: TestProxy, query: string | readonly string[], headers: Record<string, string> = {}) {
  const body = JSON.stringify(typeof query === 'string' ? { query } : query.map((one) => ({ query: one })));
  const type = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return send(`${proxy.url}/graphql`, { method: 'POST', body, headers: { ...type, ...headers } });
}

const counts = (...upstreams: readonly TestUpstream[]) => upstreams.map(({ requests }) => requests.length);
const withSandbox = (table: RouteTable): RouteTable => ({
  ...table,
  upstreams: { ...table.upstreams, candidate: { ...table.upstreams.candidate!, sandboxed: true } },
});

describe('a route by GraphQL', () => {
  it('takes the operations whose root fields it names, whole and unchanged, and nothing else', async () => {
    const { owner, candidate, table } = await both({});
    await using proxy = await startProxy(table);
    await ask(proxy, '{ products { id } }');
    await ask(proxy, 'query Q { p: product(id: 1) { id } }', { expect: '100-continue' });
    await ask(proxy, ['{ products { id } }', '{ product { id } }']);
    expect(counts(owner, candidate)).toEqual([0, 3]);
    expect(JSON.parse(candidate.bodies[1]!)).toEqual({ query: 'query Q { p: product(id: 1) { id } }' });
    await ask(proxy, '{ products { id } customer { id } }');
    await ask(proxy, 'mutation { addItem { id } }');
    await ask(proxy, ['{ products { id } }', 'mutation { addItem { id } }']);
    await ask(proxy, 'not GraphQL {');
    expect(counts(owner, candidate)).toEqual([4, 3]);
    await close(owner, candidate);
  });

  it('leaves a body that is too long to the owner, as it comes', async () => {
    const { owner, candidate, table } = await both({});
    await using proxy = await startProxy(table, { limits: { routedBodyBytes: 1_000 } });
    const long = `{ products { id } } #${'x'.repeat(200_000)}`;
    await ask(proxy, long);
    const chunked = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' };
    const body = JSON.stringify({ query: long });
    await send(`${proxy.url}/graphql`, { method: 'POST', body, headers: chunked });
    expect(owner.bodies).toEqual([body, body]);
    expect(counts(candidate)).toEqual([0]);
    await close(owner, candidate);
  });

  it('falls back to the owner with the same body when the candidate fails', async () => {
    const { owner, candidate, table } = await both({}, true);
    await using proxy = await startProxy(table);
    expect((await ask(proxy, '{ products { id } }')).status).toBe(200);
    expect(owner.bodies).toEqual(candidate.bodies);
    await close(owner, candidate);
  });

  it('copies its reads to the candidate, and compares them', async () => {
    const { owner, candidate, table } = await both({ mode: { kind: 'shadow', sample: 1 } });
    await using proxy = await startProxy(table);
    await ask(proxy, '{ products { id } }');
    await vi.waitUntil(() => proxy.evidence.some(({ shadow }) => shadow.equal === 1));
    expect(candidate.copies).toEqual(owner.bodies);
    await close(owner, candidate);
  });
});

describe('a write', () => {
  const match = { path: '/orders', methods: ['POST'] };
  const order = (proxy: TestProxy) => send(`${proxy.url}/orders`, { method: 'POST', body: 'one' });

  it('goes to the candidate alone once its route is moved, and nobody stands in for it', async () => {
    const { owner, candidate, table } = await both({ match }, true);
    await using proxy = await startProxy(table);
    expect((await order(proxy)).status).toBe(503);
    expect(counts(owner, candidate)).toEqual([0, 1]);
    await vi.waitUntil(() => proxy.evidence.some((one) => one.candidate.errors === 1));
    await close(owner, candidate);
  });

  it('is copied once, and only to a sandboxed candidate; the owner never gets it twice', async () => {
    const { owner, candidate, table } = await both({ match, mode: { kind: 'shadow', sample: 1 } }, true);
    await using proxy = await startProxy(withSandbox(table));
    await order(proxy);
    await vi.waitUntil(() => proxy.evidence.some(({ shadow }) => shadow.different === 1));
    expect([owner.bodies, candidate.copies]).toEqual([['one'], ['one']]);
    await close(owner, candidate);
  });

  it('is not copied where nothing says that its candidate is sandboxed', async () => {
    const route = { match: { path: '/orders', methods: ['POST'] }, reads: 'none' } as const;
    const { owner, candidate, table } = await both({ ...route, mode: { kind: 'shadow', sample: 1 } });
    await using proxy = await startProxy(table);
    await order(proxy);
    expect(counts(owner, candidate)).toEqual([1, 0]);
    await close(owner, candidate);
  });
});

describe('a route whose code tells what reads', () => {
  const isRead = ({ body, headers }: TranslatedRequest) => {
    if (headers['x-broken'] !== undefined) throw new Error('no such header');
    return JSON.parse(body).search !== undefined;
  };
  const post = (proxy: TestProxy, body: object, headers: Record<string, string> = {}) =>
    send(`${proxy.url}/rpc`, { method: 'POST', body: JSON.stringify(body), headers });
  const route = { match: { path: '/rpc', methods: ['POST'] }, reads: 'code' } as const;

  it('asks both sides for those alone; what it can’t tell, and what is too long to ask, is a write', async () => {
    const { owner, candidate, table } = await both({ ...route, mode: { kind: 'shadow', sample: 1 } });
    await using proxy = await startProxy(table, {
      hooks: { products: { isRead } },
      limits: { routedBodyBytes: 1_000 },
    });
    await post(proxy, { order: 1 });
    await post(proxy, { search: 'x'.repeat(2_000) });
    await post(proxy, { search: 'a' }, { 'x-broken': '1' });
    await post(proxy, { search: 'a' });
    await vi.waitUntil(() => proxy.evidence.some(({ shadow }) => shadow.equal === 1));
    expect([owner.bodies.length, candidate.copies]).toEqual([4, ['{"search":"a"}']]);
    expect(proxy.log.map(({ event }) => event)).toEqual(['read-rule-failed']);
    await close(owner, candidate);
  });

  it('takes all for writes where the code is missing', async () => {
    const { owner, candidate, table } = await both(route, true);
    await using proxy = await startProxy(table);
    expect((await post(proxy, { search: 'a' })).status).toBe(503);
    expect(counts(owner, candidate)).toEqual([0, 1]);
    await close(owner, candidate);
  });
});

describe('isolation', () => {
  const header = { 'banyan-isolation': 'candidate=ada' };

  it('sends who asks for it to a developer’s own instance, which says nothing about the candidate', async () => {
    const { owner, candidate, table } = await both({ match: { path: '/items' }, mode: { kind: 'owner' } });
    const ada: Named = await startNamed('ada', 500);
    const upstreams = {
      ...table.upstreams,
      candidate: { url: candidate.url, instances: { ada: { url: ada.url } } },
    };
    await using proxy = await startProxy({ ...table, upstreams });
    const items = (headers: Record<string, string>) => send(`${proxy.url}/items`, { headers });
    expect((await items(header)).status).toBe(500);
    expect((await items({ baggage: 'x=y, banyan.candidate=ada' })).status).toBe(500);
    expect((await items({ 'banyan-isolation': 'candidate=bob' })).status).toBe(200);
    expect((await items({})).status).toBe(200);
    expect(counts(owner, candidate, ada)).toEqual([2, 0, 2]);
    await proxy.proxy.close();
    expect(proxy.evidence.reduce((sum, one) => sum + one.candidate.requests + one.owner.requests, 0)).toBe(2);
    await close(owner, candidate, ada);
  });
});

describe('a route by host and header', () => {
  it('takes what has both', async () => {
    const match = { path: '/items', host: 'shop.example', headers: { 'x-version': '2' } };
    const { owner, candidate, table } = await both({ match });
    await using proxy = await startProxy(table);
    const items = (headers: Record<string, string>) => send(`${proxy.url}/items`, { headers });
    await items({ host: 'shop.example:80', 'x-version': '2' });
    await items({ host: 'shop.example', 'x-version': '1' });
    await items({ host: 'other.example', 'x-version': '2' });
    expect(counts(owner, candidate)).toEqual([2, 1]);
    await close(owner, candidate);
  });
});
