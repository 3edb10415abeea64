import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { sendRaw } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';

const wish =
  'GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';

describe('upgrades', () => {
  it('carries WebSocket bytes both ways and closes both ends together', async () => {
    await using upstream = await startUpstream((_req, res) => res.end());
    let closed = false;
    upstream.server.on('upgrade', (req, socket, head) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${req.headers['sec-websocket-key']}\r\n\r\nhello;`,
      );
      if (head.length > 0) socket.write(head);
      socket.pipe(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          closed = true;
        });
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const socket = connect(proxy.port, '127.0.0.1').setEncoding('latin1');
    let received = '';
    socket.on('data', (data) => {
      received += data;
    });
    socket.write(`${wish}early;`);
    await vi.waitUntil(() => received.includes('early;'));
    socket.write('late;');
    await vi.waitUntil(() => received.includes('late;'));
    expect(received).toMatch(/^HTTP\/1\.1 101 /);
    expect(received).toContain('Sec-WebSocket-Accept: k');
    expect(received.endsWith('hello;early;late;')).toBe(true);
    socket.destroy();
    await vi.waitUntil(() => closed);
  });

  it('passes a refusal on and closes, so that nothing can follow past the routes', async () => {
    await using upstream = await startUpstream((_req, res) => res.end());
    upstream.server.on('upgrade', (_req, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const received = await sendRaw(proxy.port, `${wish}GET /past HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 403 /);
    expect(received.endsWith('no')).toBe(true);
  });

  it('answers 502 where the upstream is not there', async () => {
    await using proxy = await startProxy(tableOf({ owner: 'http://127.0.0.1:9' }));
    expect(await sendRaw(proxy.port, wish)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it.each(['GET', 'POST'])('goes on in HTTP/1.1 where %s asks for another protocol', async (method) => {
    await using upstream = await startUpstream((req, res) => void req.pipe(res));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const bytes =
      `${method} / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n` +
      'Content-Length: 5\r\n\r\nhelloGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const received = await sendRaw(proxy.port, bytes);
    expect(received.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(received).toContain('hello');
    expect(upstream.requests.map(({ url, headers }) => [url, headers.upgrade])).toEqual([
      ['/', undefined],
      ['/next', undefined],
    ]);
  });

  it('closes tunnels when the proxy closes', async () => {
    await using upstream = await startUpstream((_req, res) => res.end());
    upstream.server.on('upgrade', (_req, socket) => {
      socket.on('error', () => undefined).on('end', () => socket.end());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const socket = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    socket.write(wish);
    await once(socket, 'data');
    socket.resume();
    const closed = once(socket, 'close');
    await proxy.proxy.close();
    await closed;
  });
});
