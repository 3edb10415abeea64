import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { certificate, renewedCertificate } from '../testing/certificates.ts';
import { startProxy, type TestProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';

const megabyte = 1_048_576;

interface H2Reply {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly body: string;
}

function session(proxy: TestProxy): ClientHttp2Session & Disposable {
  const client = connect(proxy.url, { ca: certificate.cert, servername: 'localhost' });
  client.on('error', () => undefined);
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}

async function ask(
  client: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string | Buffer,
): Promise<H2Reply> {
  const stream = client.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let trailers: IncomingHttpHeaders | undefined;
  stream.on('trailers', (fields) => {
    trailers = fields;
  });
  const replied = new Promise<IncomingHttpHeaders>((resolve, reject) =>
    stream.on('response', resolve).on('error', reject),
  );
  const [received, content] = await Promise.all([replied, text(stream)]);
  return { headers: received, trailers, body: content };
}

describe('a proxy with TLS', () => {
  it('speaks HTTP/1.1 with those who ask for nothing else, and says that it is secure', async () => {
    await using upstream = await startUpstream((req, res) => void req.pipe(res));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    const agent = new Agent({ ca: certificate.cert, keepAlive: true });
    const post = (n: number) =>
      new Promise<string>((resolve, reject) => {
        const options = { agent, method: 'POST', servername: 'localhost' };
        const req = request(`${proxy.url}/${n}`, options, (res) => resolve(text(res)));
        req.on('error', reject).end(`body ${n}`);
      });
    expect([await post(1), await post(2)]).toEqual(['body 1', 'body 2']);
    expect(upstream.requests[0]!.headers['x-forwarded-proto']).toBe('https');
    expect(upstream.requests[0]!.headers.forwarded).toContain('proto=https');
    agent.destroy();
  });

  it('speaks HTTP/2 with those who can, many requests at a time', async () => {
    await using upstream = await startUpstream((req, res) => {
      res.setHeader('set-cookie', ['a=1', 'b=2']).setHeader('x-url', req.url!);
      setTimeout(() => req.pipe(res), Math.random() * 20);
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    using client = session(proxy);
    const ids = Array.from({ length: 50 }, (_, n) => n);
    const replies = await Promise.all(
      ids.map((n) =>
        ask(client, { ':method': 'POST', ':path': `/${n}`, cookie: 'x=1', 'x-a': '1' }, `body ${n}`),
      ),
    );
    expect(replies.map(({ body }) => body)).toEqual(ids.map((n) => `body ${n}`));
    expect(replies.map(({ headers }) => headers['x-url'])).toEqual(ids.map((n) => `/${n}`));
    expect(replies[0]!.headers).toMatchObject({
      ':status': 200,
      'set-cookie': ['a=1', 'b=2'],
      via: '1.1 banyan',
    });
    const seen = upstream.requests[0]!;
    expect(seen.headers).toMatchObject({ cookie: 'x=1', via: '2.0 banyan', 'x-forwarded-proto': 'https' });
    expect(seen.headers.host).toBe(`localhost:${proxy.port}`);
  });

  it('joins cookies that a client of HTTP/2 sends one by one', async () => {
    await using upstream = await startUpstream((req, res) => res.end(req.headers.cookie));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    using client = session(proxy);
    const cookie = ['a=1', 'b=2'] as unknown as string;
    expect((await ask(client, { ':path': '/', cookie })).body).toBe('a=1; b=2');
    expect(upstream.requests[0]!.rawHeaders.filter((name) => /^cookie$/i.test(name))).toHaveLength(1);
  });

  it('carries heads without bodies, trailers, and large bodies both ways over HTTP/2', async () => {
    await using upstream = await startUpstream((req, res) => {
      if (req.method === 'HEAD') res.setHeader('content-length', 7).end();
      else if (req.url === '/none') res.writeHead(204).end();
      else if (req.url === '/trailers') {
        res.writeHead(200, { trailer: 'x-sum' });
        res.write('part');
        res.addTrailers({ 'x-sum': '7' });
        res.end();
      } else req.pipe(res);
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    using client = session(proxy);
    const head = await ask(client, { ':method': 'HEAD', ':path': '/' });
    expect([head.headers['content-length'], head.body]).toEqual(['7', '']);
    expect((await ask(client, { ':path': '/none' })).headers[':status']).toBe(204);
    const trailed = await ask(client, { ':path': '/trailers' });
    expect([trailed.body, trailed.trailers?.['x-sum']]).toEqual(['part', '7']);
    const large = Buffer.alloc(5 * megabyte, 'x');
    const echoed = await ask(client, { ':method': 'POST', ':path': '/echo' }, large);
    expect(echoed.body.length).toBe(large.length);
  });

  it('ends the work of the upstream when a client of HTTP/2 resets its request, and tells it of a broken reply', async () => {
    let gone = false;
    await using upstream = await startUpstream((req, res) => {
      if (req.url === '/break') res.write('a part', () => res.socket!.destroy());
      else
        res.on('close', () => {
          gone = true;
        });
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    using client = session(proxy);
    const stream = client.request({ ':path': '/wait' }).on('error', () => undefined);
    await vi.waitUntil(() => upstream.requests.length === 1);
    stream.close();
    await vi.waitUntil(() => gone);
    await expect(ask(client, { ':path': '/break' })).rejects.toThrow();
  });

  it('refuses what HTTP/1.1 could not carry, and goes on', async () => {
    await using upstream = await startUpstream((_req, res) => res.end('ok'));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), {
      tls: certificate,
      limits: { requestBytes: 1_000 },
    });
    using client = session(proxy);
    const refusal = (headers: object) =>
      ask(client, headers as Record<string, string>).then(
        (reply) => reply.headers[':status'],
        () => 'reset',
      );
    for (const headers of [
      { ':path': '/a b' },
      { ':path': 'nowhere' },
      { ':path': '/', ':authority': 'a/b' },
    ])
      expect([400, 'reset']).toContain(await refusal(headers));
    expect(
      (await ask(client, { ':path': '/', ':method': 'POST' }, 'x'.repeat(5_000))).headers[':status'],
    ).toBe(413);
    expect((await ask(client, { ':path': '/' })).body).toBe('ok');
  });

  it('lets requests of HTTP/2 end when it closes', async () => {
    let release = () => {};
    await using upstream = await startUpstream((_req, res) => {
      release = () => void res.end('whole');
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    using client = session(proxy);
    const reply = ask(client, { ':path': '/' });
    await vi.waitUntil(() => upstream.requests.length === 1);
    const closed = proxy.proxy.close();
    setTimeout(release, 50);
    expect((await reply).body).toBe('whole');
    await closed;
  });

  it('takes another certificate while it runs', async () => {
    await using upstream = await startUpstream((_req, res) => res.end('ok'));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { tls: certificate });
    const name = () =>
      new Promise<string>((resolve, reject) => {
        const socket = connectTls({ port: proxy.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on('error', reject);
      });
    expect(await name()).toBe('localhost');
    proxy.proxy.renewTls(renewedCertificate);
    expect(await name()).toBe('renewed');
  });
});
