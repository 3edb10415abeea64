import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { open, send, sendRaw } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';

const megabyte = 1_048_576;

/** A server that speaks TCP only. */
async function startTcp(onConnection: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
}

/** Resolves when a number has not grown for a while. */
async function standstill(read: () => number): Promise<void> {
  let last = -1;
  const stands = () => {
    const before = last;
    last = read();
    return before === last;
  };
  await vi.waitUntil(stands, { interval: 300, timeout: 5_000 });
}

describe('faults', () => {
  it('slows the upstream down to the speed of the client', async () => {
    let written = 0;
    await using upstream = await startUpstream((_req, res) => {
      const push = () => {
        while (written < 200 * megabyte && !res.destroyed) {
          written += megabyte;
          if (!res.write(Buffer.alloc(megabyte))) return;
        }
      };
      res.on('drain', push);
      push();
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const res = await open(proxy.url);
    res.pause();
    await standstill(() => written);
    expect(written).toBeLessThan(50 * megabyte);
    res.destroy();
  });

  it('slows a client down to the speed of the upstream', async () => {
    await using upstream = await startUpstream(() => undefined);
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    let sent = 0;
    const req = request(proxy.url, { method: 'POST' }).on('error', () => undefined);
    const push = () => {
      while (sent < 200 * megabyte && !req.destroyed) {
        sent += megabyte;
        if (!req.write(Buffer.alloc(megabyte))) return;
      }
    };
    req.on('drain', push);
    push();
    await standstill(() => sent);
    expect(sent).toBeLessThan(50 * megabyte);
    req.destroy();
  });

  it.each(['before the head', 'in mid-body'])(
    'tells the upstream when a client goes away %s',
    async (when) => {
      let gone = false;
      await using upstream = await startUpstream((_req, res) => {
        res.on('close', () => {
          gone = true;
        });
        if (when === 'in mid-body') res.write('part');
      });
      await using proxy = await startProxy(tableOf({ owner: upstream.url }));
      const req = request(proxy.url).on('error', () => undefined);
      req.end();
      if (when === 'in mid-body') await once(req, 'response');
      else await vi.waitUntil(() => upstream.requests.length === 1);
      req.destroy();
      await vi.waitUntil(() => gone);
      await vi.waitUntil(() => proxy.proxy.totals().clientAborts === 1);
      expect(proxy.proxy.totals().failures).toBe(0);
    },
  );

  it('never passes a broken upload off as a whole one', async () => {
    const ended: string[] = [];
    await using upstream = await startUpstream((req) => {
      req.on('end', () => ended.push('whole')).on('error', () => ended.push('broken'));
      req.resume();
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    for (const framing of ['Content-Length: 100', 'Transfer-Encoding: chunked']) {
      const socket = connect(proxy.port, '127.0.0.1');
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n5\r\nhello\r\n`);
      const before = ended.length;
      await vi.waitUntil(() => upstream.requests.length === before + 1);
      socket.destroy();
      await vi.waitUntil(() => ended.length === before + 1);
    }
    expect(ended).toEqual(['broken', 'broken']);
  });

  it.each(['content-length', 'chunked'])(
    'lets the client see that the upstream broke off (%s)',
    async (framing) => {
      await using upstream = await startUpstream((_req, res) => {
        if (framing === 'content-length') res.setHeader('content-length', 1000);
        res.write('only a part', () => res.socket!.destroy());
      });
      await using proxy = await startProxy(tableOf({ owner: upstream.url }));
      await expect(send(proxy.url)).rejects.toThrow(/aborted|hang up/);
      expect(proxy.proxy.totals().failuresBy.broken).toBe(1);
    },
  );

  it('answers 502 with a problem that names the upstream where nobody listens', async () => {
    const free = await startTcp(() => undefined);
    await free[Symbol.asyncDispose]();
    await using proxy = await startProxy(tableOf({ owner: free.url }));
    const reply = await send(proxy.url);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(reply.body)).toMatchObject({ status: 502, upstream: 'owner', title: 'Bad Gateway' });
    expect(reply.body).toContain('ECONNREFUSED');
    expect(proxy.proxy.totals()).toMatchObject({ requests: 1, failures: 1, failuresBy: { unreachable: 1 } });
  });

  it('answers 504 where the upstream does not begin to reply, and names the limit', async () => {
    await using upstream = await startUpstream(() => undefined);
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { limits: { headersMs: 100 } });
    const reply = await send(proxy.url);
    expect(reply.status).toBe(504);
    expect(reply.body).toContain('headersMs');
  });

  it('answers 502 where the head of a reply is too long, and names the limit', async () => {
    await using upstream = await startUpstream((_req, res) =>
      res.setHeader('x-long', 'a'.repeat(5_000)).end(),
    );
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), {
      limits: { headerBytes: 4_000 },
    });
    const reply = await send(proxy.url);
    expect([reply.status, reply.body.includes('headerBytes')]).toEqual([502, true]);
  });

  it('answers 502 where the upstream speaks no HTTP', async () => {
    await using upstream = await startTcp((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    expect((await send(proxy.url)).status).toBe(502);
  });

  it('answers 503 with the limit and Retry-After when the queue is full, and forgets clients that leave it', async () => {
    const held: (() => void)[] = [];
    await using upstream = await startUpstream((_req, res) => void held.push(() => res.end('late')));
    const limits = { connectionsPerUpstream: 1, queuePerUpstream: 2 };
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { limits });
    const first = send(`${proxy.url}/1`);
    await vi.waitUntil(() => held.length === 1);
    const leaving = request(`${proxy.url}/leaving`)
      .on('error', () => undefined)
      .end();
    const waiting = send(`${proxy.url}/2`);
    await vi.waitUntil(() => proxy.proxy.totals().requests === 3);
    const refused = await send(`${proxy.url}/3`);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.body).toContain('queuePerUpstream');
    leaving.destroy();
    await vi.waitUntil(() => proxy.proxy.totals().clientAborts === 1);
    held.shift()!();
    await vi.waitUntil(() => held.length === 1);
    held.shift()!();
    expect([(await first).body, (await waiting).body]).toEqual(['late', 'late']);
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/1', '/2']);
  });

  it('answers 503 to a request that waits too long for a connection', async () => {
    await using upstream = await startUpstream(() => undefined);
    const limits = { connectionsPerUpstream: 1, queueMs: 50 };
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { limits });
    const first = request(proxy.url)
      .on('error', () => undefined)
      .end();
    await vi.waitUntil(() => upstream.requests.length === 1);
    const reply = await send(proxy.url);
    expect([reply.status, reply.body.includes('queueMs')]).toEqual([503, true]);
    first.destroy();
  });

  it('uses all connections again after failures', async () => {
    await using upstream = await startUpstream((req, res) => {
      if (req.url === '/reset') res.socket!.destroy();
      else res.end('ok');
    });
    const limits = { connectionsPerUpstream: 2, queuePerUpstream: 100 };
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { limits });
    const paths = Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? '/reset' : '/ok'));
    const replies = await Promise.all(paths.map((path) => send(`${proxy.url}${path}`)));
    expect(replies.map(({ status }) => status)).toEqual(paths.map((path) => (path === '/ok' ? 200 : 502)));
  });

  it('sends what is not idempotent exactly once, and a read a second time where no reply began', async () => {
    const seen = new Map<string, number>();
    await using upstream = await startUpstream((req, res) => {
      const id = String(req.headers['x-id']);
      seen.set(id, (seen.get(id) ?? 0) + 1);
      if (Number(id.split('-')[1]) % 2 === 0 && seen.get(id) === 1) res.socket!.resetAndDestroy();
      else req.resume().on('end', () => res.end('done'));
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const ask = async (method: string, n: number) => {
      const headers = { 'x-id': `${method}-${n}`, ...(method === 'GET' ? {} : { 'content-length': '1' }) };
      return (await send(proxy.url, { method, headers, ...(method === 'GET' ? {} : { body: 'x' }) })).status;
    };
    for (const method of ['POST', 'PATCH', 'PUT', 'DELETE']) {
      const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(method, n)));
      expect(statuses).toEqual(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? 502 : 200)));
    }
    expect([...seen.values()].every((times) => times === 1)).toBe(true);
    seen.clear();
    const reads = await Promise.all(Array.from({ length: 20 }, (_, n) => ask('GET', n)));
    expect(reads.every((status) => status === 200)).toBe(true);
    expect(seen.get('GET-0')).toBe(2);
    expect(seen.get('GET-1')).toBe(1);
  });

  it('passes an early reply to an upload on, and keeps the connection in order', async () => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(413, { 'content-length': 3 });
      res.end('big');
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const reply = await send(proxy.url, { method: 'POST', body: Buffer.alloc(5 * megabyte) });
    expect([reply.status, reply.body]).toEqual([413, 'big']);
  });

  it('cuts off an upload that goes on long after its reply', async () => {
    await using upstream = await startUpstream((_req, res) => res.end('early'));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), { limits: { lingerMs: 50 } });
    const received = await sendRaw(proxy.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nxx');
    expect(received).toContain('early');
  });
});
