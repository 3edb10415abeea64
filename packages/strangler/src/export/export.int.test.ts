import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { matchRoute } from '../routes/match-route.ts';
import type { Route, RouteTable } from '../routes/route.ts';
import { send } from '../testing/send.ts';
import { startUpstream, type TestUpstream } from '../testing/test-upstream.ts';
import { exportEnvoy } from './export-envoy.ts';
import { exportNginx } from './export-nginx.ts';

const moved = (name: string, match: Route['match'], rest: Partial<Route> = {}): Route => ({
  name,
  match,
  owner: 'monolith',
  candidate: 'catalogue-2',
  mode: { kind: 'moved' },
  ...rest,
});
const routes: readonly Route[] = [
  moved('item', { path: '/api/items/:id' }),
  moved('special', { path: '/api/items/a.b/*', methods: ['GET', 'POST'] }, { reads: 'all' }),
  moved('hosted', { path: '/hosted', host: '*.shop.example' }),
  moved(
    'half',
    { path: '/half' },
    { mode: { kind: 'canary', share: 0.5 }, stickiness: { cookie: 'session' } },
  ),
  moved('owned', { path: '/api/stock' }, { mode: { kind: 'owner' } }),
  moved('compared', { path: '/compared' }, { mode: { kind: 'shadow', sample: 0.25 } }),
  moved('graph', { path: '/graphql', graphql: { fields: ['product'] } }),
];

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/opt/homebrew/bin/nginx'].find(
  (file) => spawnSync(file, ['-v']).status === 0,
);
if (nginx === undefined) console.warn('SKIPPED: the configuration for nginx is not run: there is no nginx.');

describe('the export for Envoy', () => {
  it('says owners, weights, mirrors and where it can’t say something', () => {
    const table = tableOf('http://127.0.0.1:1', 'http://127.0.0.1:2');
    const { text, leftOut } = exportEnvoy(table, { port: 8080 });
    const { listeners, clusters } = JSON.parse(text).static_resources;
    const config = listeners[0].filter_chains[0].filters[0].typed_config.route_config;
    const [{ routes: said }] = config.virtual_hosts;
    expect(said.map(({ name }: { name: string }) => name)).toEqual([
      'ambiguous',
      ...routes.filter(({ name }) => name !== 'graph').map(({ name }) => name),
      'default',
    ]);
    expect(said[1].match.safe_regex.regex).toBe('/api/items/[^/]+');
    expect(said[4].route.weighted_clusters).toMatchObject({
      use_hash_policy: true,
      clusters: [{ name: 'catalogue-2', weight: 500_000 }, { weight: 500_000 }],
    });
    expect(said[6].route.request_mirror_policies[0].runtime_fraction.default_value.numerator).toBe(250_000);
    expect(clusters.map(({ name }: { name: string }) => name)).toEqual([
      'monolith',
      'catalogue-2',
      'catalogue_2',
    ]);
    expect(leftOut.join()).toContain('graph: Envoy does not look into GraphQL bodies');
    const ambiguous = new RegExp(`^(?:${said[0].match.safe_regex.regex.slice('(?i)'.length)})$`, 'i');
    for (const path of ['/a/../b', '/a/%2E%2e', '/a\\\\..\\\\b', '/.;x']) expect(path).toMatch(ambiguous);
    for (const path of ['/a/..b', '/a.b/c', '/...']) expect(path).not.toMatch(ambiguous);
  });

  it('asks upstreams by TLS where their address says so, and names what stays with Banyan', () => {
    const table: RouteTable = {
      revision: 1,
      upstreams: {
        monolith: { url: 'https://shop.example' },
        'catalogue-2': { url: 'http://[::1]:81', instances: { ada: { url: 'http://127.0.0.1:82' } } },
      },
      default: 'monolith',
      routes: [moved('item', { path: '/item' }), moved('old', { path: '/old' })],
    };
    const hooks = { old: { translate: {} }, item: { event: () => undefined } };
    const { text, leftOut } = exportEnvoy(table, { port: 8080, hooks });
    const [secure, plain] = JSON.parse(text).static_resources.clusters;
    expect(secure.transport_socket.typed_config.sni).toBe('shop.example');
    const [{ lb_endpoints: at }] = plain.load_assignment.endpoints;
    expect(at[0].endpoint.address.socket_address).toEqual({ address: '::1', port_value: 81 });
    const nginx = exportNginx(table, { listen: '127.0.0.1:80', hooks });
    expect(nginx.text).toMatch(/\$banyan_scheme \{\s+default http;\s+banyan_monolith https;/);
    expect(nginx.text).toMatch(/\$banyan_name \{\s+default "";\s+banyan_monolith shop\.example;/);
    for (const sentences of [leftOut, nginx.leftOut]) {
      expect(sentences.map((one) => one.split(/[;:] /)[0])).toEqual(['old', 'item', 'item', 'catalogue-2']);
      expect(sentences[0]).toContain('does not translate');
    }
  });
});

function tableOf(monolith: string, catalogue: string): RouteTable {
  // The last one's name is the same to nginx as the one before.
  const upstreams = {
    monolith: { url: monolith },
    'catalogue-2': { url: catalogue },
    catalogue_2: { url: 'http://127.0.0.1:3' },
  };
  return { revision: 7n, upstreams, default: 'monolith', routes };
}

describe.skipIf(nginx === undefined)('the export for nginx', () => {
  let directory: string;
  let upstreams: TestUpstream[];
  let child: ChildProcess;
  let url: string;
  let table: RouteTable;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'banyan-nginx-'));
    upstreams = [
      await startUpstream((req, res) => res.end(`monolith ${req.url}`)),
      await startUpstream((req, res) => res.end(`catalogue-2 ${req.url}`)),
    ];
    table = tableOf(upstreams[0]!.url, upstreams[1]!.url);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const { text, leftOut } = exportNginx(table, { listen: `127.0.0.1:${port}` });
    expect(leftOut).toEqual([
      'graph: nginx does not look into GraphQL bodies; the next route that matches answers, or monolith.',
      'compared: nothing is copied or compared.',
      'item, special, hosted, half: a read that the candidate fails is not answered by the owner.',
    ]);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${directory}/${name};`)
      .join(' ');
    const file = path.join(directory, 'nginx.conf');
    const main = `daemon off; pid ${directory}/pid; error_log stderr; events {}\n`;
    writeFileSync(file, `${main}http { access_log off; ${temporary}\n${text}}\n`);
    const checked = spawnSync(nginx!, ['-t', '-c', file, '-p', directory], { encoding: 'utf8' });
    expect(checked.stderr).toContain('test is successful');
    child = spawn(nginx!, ['-c', file, '-p', directory], { stdio: 'ignore' });
    await vi.waitUntil(
      () =>
        send(`${url}/`).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    );
  });
  afterAll(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
    for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    ['GET', '/api/items/7?a=b', {}],
    ['HEAD', '/api/items/7', {}],
    ['POST', '/api/items/7', {}],
    ['GET', '/api/items/7/more', {}],
    ['POST', '/api/items/a.b/c/d', {}],
    ['GET', '/api/items/axb/c', {}],
    ['GET', '/api/items/AC%2FDC', {}],
    ['GET', '/api/items/a.b/../../stock', {}],
    ['GET', '/api/items/%2E%2e', {}],
    ['GET', '/api/items/..b', {}],
    ['GET', '/hosted', { host: 'eu.shop.example' }],
    ['GET', '/hosted', { host: 'other.example' }],
    ['GET', '/api/stock', {}],
    ['GET', '/compared', {}],
    ['POST', '/graphql', {}],
  ])('sends %s %s where the proxy does', async (method, where, headers: Record<string, string>) => {
    const fields = new Map([['host', '127.0.0.1'], ...Object.entries(headers)]);
    const route = matchRoute(table, method, where.split('?')[0]!, { fields });
    const expected = route?.mode.kind === 'moved' ? 'catalogue-2' : 'monolith';
    const before = upstreams.map(({ requests }) => requests.length);
    const reply = await send(url + where, { method, headers });
    if (method !== 'HEAD') expect(reply.body).toBe(`${expected} ${where}`);
    const index = expected === 'monolith' ? 0 : 1;
    expect(upstreams[index]!.requests.length).toBe(before[index]! + 1);
  });

  it('keeps a client of a canary on its side', async () => {
    const sideOf = async (session: string) =>
      (await send(`${url}/half`, { headers: { cookie: `session=${session}` } })).body.split(' ')[0]!;
    const sides = new Map<string, number>();
    for (let n = 0; n < 40; n++) {
      const side = await sideOf(`s${n}`);
      expect(await sideOf(`s${n}`)).toBe(side);
      sides.set(side, (sides.get(side) ?? 0) + 1);
    }
    expect([...sides.values()].every((count) => count > 5)).toBe(true);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
