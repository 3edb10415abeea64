import { describe, expect, it } from 'vitest';
import { sendRaw } from '../testing/send.ts';
import { startProxy, tableOf } from '../testing/test-proxy.ts';
import { startUpstream } from '../testing/test-upstream.ts';

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const body = `0\r\n\r\n${smuggled}`;

describe('requests that two servers could read differently', () => {
  it.each<[string, string]>([
    [
      'both lengths',
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    ],
    [
      'both lengths, the other way round',
      `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${body}`,
    ],
    ['two lengths', `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\naaaaa`],
    ['a list of lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\naaaa'],
    ['a length with a sign', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\naaaa'],
    [
      'a space before the colon',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a broken chunk size', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\u0000b\r\n\r\n'],
    ['a bare CR in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: a\rX-B: b\r\n\r\n'],
    ['a target that is no path', 'GET shop HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('are answered 400 and closed: %s', async (_what, bytes) => {
    await using upstream = await startUpstream((req, res) =>
      req.resume().on('end', () => res.end('reached')),
    );
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const received = await sendRaw(proxy.port, bytes);
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received.match(/^HTTP\/1\.1 \d/gm)).toHaveLength(1);
    expect(upstream.requests.filter(({ url }) => url === '/smuggled')).toEqual([]);
  });

  it.each(['gzip, chunked', 'xchunked'])('refuses the encoding "%s" with 501', async (encoding) => {
    await using upstream = await startUpstream((_req, res) => res.end());
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const bytes = `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${encoding}\r\n\r\n0\r\n\r\n`;
    expect(await sendRaw(proxy.port, bytes)).toMatch(/^HTTP\/1\.1 501 /);
    expect(upstream.requests).toEqual([]);
  });

  it('answers 431 to a head that is too long', async () => {
    await using upstream = await startUpstream((_req, res) => res.end());
    await using proxy = await startProxy(tableOf({ owner: upstream.url }), {
      limits: { headerBytes: 2_000 },
    });
    const received = await sendRaw(
      proxy.port,
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(3_000)}\r\n\r\n`,
    );
    expect(received).toMatch(/^HTTP\/1\.1 431 /);
    expect(received).toContain('headerBytes');
  });

  it('takes the authority of a target in absolute form for the host', async () => {
    await using upstream = await startUpstream((req, res) => res.end(`${req.headers.host} ${req.url}`));
    await using proxy = await startProxy(tableOf({ owner: upstream.url }));
    const bytes = 'GET http://real.example/a?b HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(proxy.port, bytes)).toContain('real.example /a?b');
  });
});
