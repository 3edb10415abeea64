import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { open, send } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';

const megabyte = 1_048_576;

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name);
}

describe('forwarding', () => {
  it('keeps path, order, case and duplicates of headers, and removes those of the connection', async () => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(201, 'Made', [
        'Set-Cookie',
        'a=1',
        'X-One',
        '1',
        'set-cookie',
        'b=2',
        'Connection',
        'x-hop',
        'X-Hop',
        'no',
        'Keep-Alive',
        'timeout=9',
        'Proxy-Connection',
        'no',
        'Content-Length',
        '2',
      ]);
      res.end('ok');
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const reply = await send(`${proxy.url}/a//b/../c%2Fd?q=%20&q=2`, {
      headers: [
        'Host',
        'shop.example',
        'X-Two',
        '2',
        'Accept',
        'a',
        'X-Two',
        '3',
        'Connection',
        'close, X-Secret',
        'X-Secret',
        's',
        'TE',
        'trailers',
        'Keep-Alive',
        '1',
        'banyan-shadow',
        '1',
        'X-Forwarded-For',
        '9.9.9.9',
        'Via',
        '1.0 cdn',
      ],
    });
    const seen = upstream.requests[0]!;
    expect(seen.url).toBe('/a//b/../c%2Fd?q=%20&q=2');
    expect(valuesOf(seen.rawHeaders, 'x-two')).toEqual(['2', '3']);
    expect(seen.rawHeaders).toContain('X-Two');
    expect(seen.headers.host).toBe('shop.example');
    for (const name of ['x-secret', 'te', 'keep-alive', 'banyan-shadow'])
      expect(seen.headers[name]).toBeUndefined();
    expect(seen.headers['x-forwarded-for']).toBe('9.9.9.9, 127.0.0.1');
    expect(seen.headers['x-forwarded-proto']).toBe('http');
    expect(seen.headers['x-forwarded-host']).toBe('shop.example');
    expect(seen.headers.forwarded).toBe('for=127.0.0.1;host="shop.example";proto=http');
    expect(seen.headers.via).toBe('1.0 cdn, 1.1 banyan');
    expect([reply.status, reply.body]).toEqual([201, 'ok']);
    expect(valuesOf(reply.rawHeaders, 'set-cookie')).toEqual(['a=1', 'b=2']);
    expect(reply.rawHeaders.slice(0, 6)).toEqual(['Set-Cookie', 'a=1', 'X-One', '1', 'set-cookie', 'b=2']);
    for (const name of ['x-hop', 'proxy-connection']) expect(reply.headers[name]).toBeUndefined();
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('x-banyan'))).toEqual([]);
  });

  it('can show upstreams their own host, and tell where a reply comes from', async () => {
    await using upstream = await startUpstream((req, res) => res.end(req.headers.host));
    const route = { name: 'all', match: { path: '/*' }, owner: 'owner', mode: { kind: 'owner' } } as const;
    const options = { host: 'upstream', via: false, debugHeaders: true } as const;
    await using proxy = await startProxy(tableOf({ owner: upstream.url }, [route]), options);
    const reply = await send(proxy.url);
    expect(`http://${reply.body}`).toBe(upstream.url);
    expect(upstream.requests[0]!.headers.via).toBeUndefined();
    expect(reply.headers).toMatchObject({
      'x-banyan-upstream': 'owner',
      'x-banyan-route': 'all',
      'x-banyan-revision': '1',
    });
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'forwards %s',
    async (method) => {
      await using upstream = await startUpstream(async (req, res) => {
        let length = 0;
        for await (const chunk of req) length += chunk.length;
        res.setHeader('x-seen', `${req.method} ${length}`).setHeader('content-length', 4);
        res.end('body');
      });
      await using proxy = await startProxy(tableOf({ owner: upstream.url }));
      const body = method === 'HEAD' ? undefined : 'hello';
      const reply = await send(proxy.url, {
        method,
        ...(body ? { body, headers: { 'content-length': '5' } } : {}),
      });
      expect(reply.headers['x-seen']).toBe(`${method} ${body?.length ?? 0}`);
      expect(reply.headers['content-length']).toBe('4');
      expect(reply.body).toBe(method === 'HEAD' ? '' : 'body');
    },
  );

  it.each([204, 304])('passes a %d on without a body', async (status) => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(status, { etag: '"1"' });
      res.end();
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const reply = await send(proxy.url);
    expect([reply.status, reply.body, reply.headers.etag]).toEqual([status, '', '"1"']);
    expect(reply.headers['transfer-encoding']).toBeUndefined();
  });

  it('passes trailers and heads of 40 KiB on', async () => {
    const long = 'v'.repeat(20_000);
    await using upstream = await startUpstream((req, res) => {
      res.writeHead(200, {
        Trailer: 'X-Sum',
        'x-long': req.headers['x-long']!,
        'x-more': req.headers['x-more']!,
      });
      res.write('part');
      res.addTrailers({ 'X-Sum': '7' });
      res.end();
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const url = new URL(proxy.url);
    const reply = await new Promise<[string | undefined, string | undefined]>((resolve, reject) => {
      const headers = { 'x-long': long, 'x-more': long };
      const req = request(url, { maxHeaderSize: 100_000, headers }, (res) => {
        res.resume().on('end', () => resolve([res.headers['x-more'] as string, res.trailers['x-sum']]));
      });
      req.on('error', reject).end();
    });
    expect(reply).toEqual([long, '7']);
  });

  it('streams 50 MB both ways at once without holding them', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    await using upstream = await startUpstream((req, res) => void req.pipe(res));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const piece = randomBytes(megabyte / 16);
    const sent = createHash('sha256');
    const received = createHash('sha256');
    let bytes = 0;
    let peak = 0;
    let looked = 0;
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const res = await new Promise<AsyncIterable<Buffer>>((resolve, reject) => {
      const req = request(`${proxy.url}/echo`, { method: 'POST' }, resolve).on('error', reject);
      const pieces = function* () {
        for (let n = 0; n < 50 * 16; n++) {
          sent.update(piece);
          yield piece;
        }
      };
      pipeline(Readable.from(pieces()), req).catch(reject);
    });
    for await (const chunk of res) {
      received.update(chunk);
      bytes += chunk.length;
      if (bytes - looked < 5 * megabyte) continue;
      looked = bytes;
      collectGarbage();
      // What garbage held outside the heap is given back a turn later.
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(50 * megabyte);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(peak).toBeLessThan(15 * megabyte);
  });

  it('sends the head of a stream at once, before its first part', async () => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const res = await open(proxy.url);
    expect(res.headers['content-type']).toBe('text/event-stream');
    res.destroy();
  });

  it('lets a client that waits for it send its body only when the upstream is connected', async () => {
    await using upstream = await startUpstream((req, res) => void req.pipe(res));
    const table = tableOf({ owner: upstream.url, candidate: 'http://127.0.0.1:9' });
    const nowhere = {
      name: 'nowhere',
      match: { path: '/nowhere', methods: ['POST'] },
      owner: 'candidate',
    } as const;
    await using proxy = await startProxy({ ...table, routes: [{ ...nowhere, mode: { kind: 'owner' } }] });
    const upload = (path: string) =>
      new Promise<[boolean, number]>((resolve, reject) => {
        let asked = false;
        const headers = { expect: '100-continue', 'content-length': '4' };
        const req = request(`${proxy.url}${path}`, { method: 'POST', headers }, (res) => {
          res.resume().on('end', () => resolve([asked, res.statusCode!]));
        });
        req.on('error', reject).flushHeaders();
        req.on('continue', () => {
          asked = true;
          req.end('body');
        });
      });
    expect(await upload('/')).toEqual([true, 200]);
    expect(await upload('/nowhere')).toEqual([false, 502]);
  });
});
