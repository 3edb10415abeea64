import { once } from 'node:events';
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificate, renewedCertificate } from '../packages/strangler/src/testing/certificates.ts';
import { IdUpstream } from '../packages/strangler/src/testing/id-upstream.ts';
import { send } from '../packages/strangler/src/testing/send.ts';
import { Shoppers } from '../packages/strangler/src/testing/shoppers.ts';
import { until } from './testing/example.ts';
import { freePort, ProxyProcess } from './testing/proxy-process.ts';

const token = 'a-token-of-the-tests';
const servers: Server[] = [];
let monolith: string;
let other: string;

/** Answers with its name, or holds a reply to /slow back until it is told to let go. */
const waiting = new Set<() => void>();
async function serve(name: string): Promise<string> {
  const server = createServer((req, res) => {
    const answer = () => res.end(`${name} ${req.url} ${req.headers['x-forwarded-proto']}`);
    if (req.url === '/slow') waiting.add(answer);
    else answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  monolith = await serve('monolith');
  other = await serve('other');
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A figure of the proxy, labels and all; 0 where it is not told. */
async function figure(operations: string, name: string): Promise<number> {
  const { body } = await send(`${operations}/metrics`);
  return Number(
    body
      .split('\n')
      .find((line) => line.startsWith(`banyan_proxy_${name} `))
      ?.split(' ')[1] ?? 0,
  );
}

/** The revisions that workers run, and how many each. */
async function revisions(operations: string): Promise<(readonly [revision: string, workers: number])[]> {
  const { body } = await send(`${operations}/metrics`);
  const lines = body.matchAll(/^banyan_proxy_routes_revision_info\{revision="(\d+)"\} (\d+)$/gm);
  return [...lines].map(([, revision, workers]) => [revision!, Number(workers)]);
}

function control(address: string, method: string, where: string, body?: object) {
  return fetch(`${address}${where}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
}

/** Sends requests over connections of their own, so that every worker gets some. */
async function spread(url: string, count: number): Promise<number[]> {
  const replies = Array.from({ length: count }, (_, n) => send(`${url}/items/${n}`));
  return (await Promise.all(replies)).map(({ status }) => status);
}

describe('banyan proxy', { timeout: 480_000 }, () => {
  test('with several workers has one set of figures, one control API and one recording', async () => {
    const port = await freePort();
    await using proxy = await ProxyProcess.start({
      monolith,
      proxy: { workers: 2, operations: { port: await freePort() } },
      control: { port, token },
    });
    const operations = proxy.address('metrics and health on');
    const api = proxy.address('control API on');
    const recording = await control(api, 'PUT', '/recording', { requests: 30, sample: 1 });
    expect(recording.status).toBe(200);
    expect(new Set(await spread(proxy.url, 40))).toEqual(new Set([200]));
    for (let n = 0; n < 5; n++) expect(await figure(operations, 'requests_total')).toBe(40);
    expect(await figure(operations, 'upstream_requests_total{upstream="monolith"}')).toBe(40);
    expect(await figure(operations, 'request_duration_seconds_count')).toBe(40);
    for (let n = 0; n < 5; n++) {
      const progress = await (await control(api, 'GET', '/recording/progress')).json();
      expect(progress).toEqual({ wanted: 30, recorded: 30, full: false });
    }
    const { requests } = (await (await control(api, 'GET', '/recording')).json()) as {
      requests: { url: string }[];
    };
    expect(new Set(requests.map(({ url }) => url)).size).toBe(30);

    process.kill(proxy.workers()[0]!, 'SIGKILL');
    await proxy.logged('worker-ended');
    await until('another worker', async () =>
      (await figure(operations, 'routes_revision_info{revision="0"}')) === 2 ? true : undefined,
    );
    expect(await figure(operations, 'requests_total')).toBe(40);
    await spread(proxy.url, 10);
    expect(await figure(operations, 'requests_total')).toBe(50);

    const definition = { match: { path: '/items/*' }, candidate: 'other', mode: { kind: 'moved' } };
    const said = { by: 'ada', reason: 'test' };
    const refused = await control(api, 'PUT', '/routes/items', { definition, ...said });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('other')]);
    const { candidate: _none, ...plain } = definition;
    const set = await control(api, 'PUT', '/routes/items', {
      definition: { ...plain, mode: { kind: 'owner' } },
      ...said,
    });
    expect(set.status).toBe(200);
    await until('both workers to follow', async () => {
      const all = await revisions(operations);
      return (all.length === 1 && all[0]![0] !== '0' && all[0]![1] === 2) || undefined;
    });
    proxy.child.kill('SIGTERM');
    expect(await proxy.exited()).toBe(0);
  });

  test('speaks HTTP/1.1 and HTTP/2 over TLS, and takes a renewed certificate on SIGHUP without another worker', async () => {
    const files = { key: 'DIRECTORY/key.pem', cert: 'DIRECTORY/cert.pem' };
    await using proxy = await ProxyProcess.begin({ monolith, proxy: { tls: files } });
    const renew = (pair: typeof certificate) => {
      writeFileSync(path.join(proxy.directory, 'key.pem'), pair.key);
      writeFileSync(path.join(proxy.directory, 'cert.pem'), pair.cert);
    };
    renew(certificate);
    await proxy.heard(/proxy listening on https:/);
    expect(await overHttp1(proxy.port)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*monolith \/a https$/);
    expect(await overHttp2(proxy.port)).toEqual([200, 'monolith /b https']);
    expect(await subjectOf(proxy.port)).toBe('localhost');
    renew(renewedCertificate);
    proxy.child.kill('SIGHUP');
    await proxy.logged('reloaded');
    expect(await subjectOf(proxy.port)).toBe('renewed');
    appendFileSync(path.join(proxy.directory, 'key.pem'), 'x');
    writeFileSync(path.join(proxy.directory, 'cert.pem'), 'no certificate');
    proxy.child.kill('SIGHUP');
    await proxy.logged('not-reloaded');
    expect(await subjectOf(proxy.port)).toBe('renewed');
  });

  test('writes a line for each request into its access log, the last ones too, also when its file is moved away', async () => {
    await using proxy = await ProxyProcess.start({ monolith, proxy: { accessLog: 'DIRECTORY/access.json' } });
    const file = path.join(proxy.directory, 'access.json');
    for (let n = 0; n < 3; n++) await send(`${proxy.url}/items/${n}?token=secret`);
    renameSync(file, `${file}.1`);
    proxy.child.kill('SIGHUP');
    await proxy.logged('reloaded');
    for (let n = 3; n < 5; n++) await send(`${proxy.url}/items/${n}?token=secret`);
    proxy.child.kill('SIGTERM');
    expect(await proxy.exited()).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('/items/4');
    const text = readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatchObject({ method: 'GET', path: '/items/4', status: 200, upstream: 'monolith' });
    expect(text).not.toContain('secret');
  });

  test('says that it lives and is ready, and while it drains that it is not; what is under way ends well', async () => {
    await using proxy = await ProxyProcess.start({
      monolith,
      proxy: { operations: { port: await freePort() } },
    });
    const operations = proxy.address('metrics and health on');
    expect((await send(`${operations}/healthz`)).status).toBe(200);
    expect((await send(`${operations}/readyz`)).status).toBe(200);
    const slow = send(`${proxy.url}/slow`);
    await until('the slow request', () => waiting.size > 0 || undefined);
    proxy.child.kill('SIGTERM');
    await until(
      'it to be not ready',
      async () => (await send(`${operations}/readyz`)).status === 503 || undefined,
    );
    expect((await send(`${operations}/healthz`)).status).toBe(200);
    expect(await figure(operations, 'requests_total')).toBe(1);
    for (const answer of waiting) answer();
    expect(await slow).toMatchObject({ status: 200, body: 'monolith /slow http' });
    expect(await proxy.exited()).toBe(0);
  });

  test('loses no request when it is ended under load', async () => {
    await using upstream = await IdUpstream.start({ slowMs: 20 });
    await using proxy = await ProxyProcess.start({ monolith: upstream.url, proxy: { workers: 2 } });
    const refused = new Set<string>();
    const shoppers = new Shoppers(() => proxy.url, 8);
    await until('some requests', () => shoppers.told.length > 100 || undefined);
    proxy.child.kill('SIGTERM');
    expect(await proxy.exited()).toBe(0);
    const told = await shoppers.stop();
    const taken = new Map<string, number>();
    for (const [, id] of await upstream.taken()) taken.set(id, (taken.get(id) ?? 0) + 1);
    for (const { id, status, right } of told) {
      // Who came too late was refused the connection: nobody has taken the request.
      if (status === 0) refused.add(id);
      else expect([id, status, right]).toEqual([id, 200, true]);
      expect(taken.get(id) ?? 0).toBe(status === 0 ? 0 : 1);
    }
    expect(told.length - refused.size).toBeGreaterThan(100);
  });

  test('takes another configuration on SIGHUP, worker by worker, without a request lost; a wrong one changes nothing', async () => {
    await using first = await IdUpstream.start();
    await using second = await IdUpstream.start();
    await using proxy = await ProxyProcess.start({ monolith: first.url, proxy: { workers: 2 } });
    const shoppers = new Shoppers(() => proxy.url, 4);
    await until('some requests', () => shoppers.told.length > 50 || undefined);
    proxy.reconfigure((source) => source.replace('"port":', '"prot":'));
    proxy.child.kill('SIGHUP');
    await proxy.logged('workers-not-reloaded');
    expect(proxy.stderr).toMatch(/proxy.*prot/);
    proxy.reconfigure((source) => source.replace('"prot":', '"port":').replaceAll(first.url, second.url));
    proxy.child.kill('SIGHUP');
    await proxy.logged('workers-reloaded');
    const before = (await first.taken()).length;
    const asked = shoppers.told.length;
    await until('more requests', () => shoppers.told.length > asked + 50 || undefined);
    const told = await shoppers.stop();
    expect(told.filter(({ status }) => status !== 200)).toEqual([]);
    expect((await first.taken()).length).toBe(before);
    expect((await first.taken()).length + (await second.taken()).length).toBe(told.length);
  });

  test('sends a developer to an instance of one’s own, by header and by baggage', async () => {
    const database = 'postgres://127.0.0.1/none';
    await using proxy = await ProxyProcess.start({
      monolith,
      services: { catalogue: { url: monolith, database, instances: { ada: { url: other } } } },
      routes: { items: { match: { path: '/items/*' }, candidate: 'catalogue', mode: { kind: 'owner' } } },
    });
    const answer = async (headers: Record<string, string>, where = '/items/1') =>
      (await send(`${proxy.url}${where}`, { headers })).body.split(' ')[0];
    await until('the route', async () =>
      (await answer({ 'banyan-isolation': 'catalogue=ada' })) === 'other' ? true : undefined,
    );
    expect(await answer({ baggage: 'x=1,banyan.catalogue=ada;p=2' })).toBe('other');
    expect(await answer({})).toBe('monolith');
    expect(await answer({ 'banyan-isolation': 'catalogue=eve' })).toBe('monolith');
    expect(await answer({ 'banyan-isolation': 'catalogue=ada' }, '/elsewhere')).toBe('monolith');
  });
});

describe('banyan proxy refuses, in one sentence,', { timeout: 480_000 }, () => {
  type Wrong = [name: string, settings: Record<string, unknown>, sentence: RegExp, more?: object];
  const wrong: Wrong[] = [
    ['a port that is none', { port: 99_999 }, /proxy\.port: .*65535/],
    ['no workers', { workers: 0 }, /proxy\.workers: /],
    ['a limit that there is not', { limits: { connections: 5 } }, /proxy\.limits: .*connections/],
    ['a limit of nothing', { limits: { drainMs: 0 } }, /proxy\.limits\.drainMs: /],
    [
      'a key that is not there',
      { tls: { key: '/none/key.pem', cert: '/none/cert.pem' } },
      /proxy\.tls\.key: .*\/none\/key\.pem/,
    ],
    [
      'a file that is no key',
      { tls: { key: 'DIRECTORY/banyan.config.mjs', cert: 'DIRECTORY/banyan.config.mjs' } },
      /proxy\.tls: .*PEM/,
    ],
    [
      'an access log in no folder',
      { accessLog: '/none/access.json' },
      /proxy\.accessLog: .*\/none\/access\.json/,
    ],
    ['a short token', {}, /control\.token: .*16 characters/, { control: { port: 0, token: 'short' } }],
    ['an address of a host that is not here', { host: '203.0.113.1' }, /Can't listen on 203\.0\.113\.1/],
  ];

  test.each(wrong)('%s', async (_name, settings, sentence, more) => {
    await using proxy = await ProxyProcess.begin({ monolith, proxy: settings, ...(more ?? {}) });
    expect(await proxy.exited()).toBe(1);
    expect(proxy.stderr).toMatch(sentence);
    expect(proxy.stderr).not.toMatch(/^\s+at /m);
    expect(proxy.stderr.match(/^error: /gm)).toHaveLength(1);
  });

  test.each([
    ['its own port', (port: number) => ({ port, workers: 2 })],
    ['the port of its operations', (port: number) => ({ workers: 2, operations: { port } })],
    ['the port of its operations, alone', (port: number) => ({ operations: { port } })],
  ])('%s where somebody else has it', async (_name, settings) => {
    const { port } = new URL(monolith);
    await using proxy = await ProxyProcess.begin({ monolith, proxy: settings(Number(port)) });
    expect(await proxy.exited()).toBe(1);
    expect(proxy.stderr).toMatch(new RegExp(`Can't listen on 127\\.0\\.0\\.1:${port}: it is in use`));
    expect(proxy.stderr.match(/^error: /gm)).toHaveLength(1);
    expect(proxy.stderr).not.toMatch(/^\s+at /m);
  });
});

async function overHttp1(port: number): Promise<string> {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  socket.write('GET /a HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  let text = '';
  for await (const piece of socket) text += piece;
  return text;
}

async function overHttp2(port: number): Promise<[number, string]> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  const stream = session.request({ ':path': '/b' });
  const [headers] = await once(stream, 'response');
  let text = '';
  for await (const piece of stream) text += piece;
  session.close();
  return [headers[':status'], text];
}

async function subjectOf(port: number): Promise<string> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
