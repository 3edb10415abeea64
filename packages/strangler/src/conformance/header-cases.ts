import { RawClient } from '../testing/raw-client.ts';
import { ok } from '../testing/raw-upstream.ts';
import { ask, type ConformanceCase, chunked, dechunked, get, last, post } from './conformance-case.ts';

/** What is passed on of a message, and what not. */
export const headerCases: readonly ConformanceCase[] = [
  {
    name: 'headers for one connection are not passed on',
    nginx: 'passes on what Connection names, and TE and Keep-Alive',
    async run(trial) {
      const hop =
        'Connection: close, X-Secret\r\nX-Secret: s\r\nTE: trailers\r\nKeep-Alive: 1\r\nProxy-Connection: no\r\n';
      const reply =
        'HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: no\r\nKeep-Alive: timeout=9\r\nContent-Length: 2\r\n\r\nok';
      const { received, seen } = await ask(trial, `${get}${hop}\r\n`, reply);
      return {
        'not to the upstream': !/x-secret|^te:|keep-alive|proxy-connection/im.test(seen),
        'not to the client': !/x-hop|^keep-alive:/im.test(received),
      };
    },
  },
  {
    name: 'a client can’t have Host or the length removed by Connection',
    async run(trial) {
      const { seen } = await ask(
        trial,
        `${post}Content-Length: 2\r\nConnection: close, host, content-length\r\n\r\nhi`,
      );
      return { host: /^host: x\r\n/im.test(seen), length: /^content-length: 2\r\n/im.test(seen) };
    },
  },
  {
    name: 'Forwarded, X-Forwarded-* and Via say where a request comes from, and go on what was said before',
    nginx: 'says X-Forwarded-For only, as it is configured',
    async run(trial) {
      const said = 'X-Forwarded-For: 9.9.9.9\r\nForwarded: for=9.9.9.9\r\nVia: 1.0 cdn\r\n';
      const { received, seen } = await ask(trial, get + said + last);
      return {
        'X-Forwarded-For': /^x-forwarded-for: 9\.9\.9\.9, 127\.0\.0\.1\r\n/im.test(seen),
        'X-Forwarded-Proto': /^x-forwarded-proto: http\r\n/im.test(seen),
        'X-Forwarded-Host': /^x-forwarded-host: x\r\n/im.test(seen),
        Forwarded: /^forwarded: for=9\.9\.9\.9, for=127\.0\.0\.1;host="x";proto=http\r\n/im.test(seen),
        Via: /^via: 1\.0 cdn, 1\.1 banyan\r\n/im.test(seen),
        'Via of the reply': /^via: 1\.1 banyan\r\n/im.test(received),
      };
    },
  },
  {
    name: 'trace context is passed on as it is',
    async run(trial) {
      const trace =
        'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\nbaggage: k=v\r\n';
      const { seen } = await ask(trial, get + trace + last);
      return { all: trace.split('\r\n').every((line) => seen.includes(line)) };
    },
  },
  {
    name: 'a reply to HEAD has the length and no body, and the connection goes on',
    async run({ port, upstream }) {
      upstream.script = (socket, { received }) =>
        void socket.write(
          received.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n' : ok('next'),
        );
      using client = await RawClient.to(port);
      client.send('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n');
      await client.until(/\r\n\r\n/);
      const received = await client.send(get + last).end();
      return {
        length: /^content-length: 1234\r\n/im.test(received),
        'the next reply': received.endsWith('next') && received.match(/HTTP\/1\.1 200 /g)?.length === 2,
      };
    },
  },
  ...[204, 304].map(
    (status): ConformanceCase => ({
      name: `${status} has no body, and the connection goes on`,
      async run({ port, upstream }) {
        upstream.script = (socket, { received }) =>
          void socket.write(
            received.includes('/first') ? `HTTP/1.1 ${status} X\r\nETag: "1"\r\n\r\n` : ok('next'),
          );
        using client = await RawClient.to(port);
        client.send('GET /first HTTP/1.1\r\nHost: x\r\n\r\n');
        await client.until(/\r\n\r\n/);
        const received = await client.send(get + last).end();
        return {
          'no coding': !/transfer-encoding/i.test(received),
          'the next reply': received.endsWith('next'),
        };
      },
    }),
  ),
  {
    name: 'a range and its reply pass unchanged',
    async run(trial) {
      const reply =
        'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/10\r\nContent-Length: 2\r\n\r\nab';
      const { received, seen } = await ask(
        trial,
        `${get}Range: bytes=0-1\r\nIf-Range: "1"\r\n${last}`,
        reply,
      );
      return {
        asked: /^range: bytes=0-1\r\n/im.test(seen) && /^if-range: "1"\r\n/im.test(seen),
        answered: /^HTTP\/1\.1 206 /.test(received) && /^content-range: bytes 0-1\/10\r\n/im.test(received),
      };
    },
  },
  {
    name: 'the path is passed on byte for byte',
    async run(trial) {
      const path = '/a//b/../c%2Fd;e=1/./?q=%20&q=2?&x=\xe4';
      const { seen } = await ask(trial, `GET ${path} HTTP/1.1\r\nHost: x\r\n${last}`);
      return { path: seen.startsWith(`GET ${path} HTTP/1.1\r\n`) };
    },
  },
  {
    name: 'heads of 50 kB pass both ways',
    async run(trial) {
      const long = 'v'.repeat(50_000);
      const { received, seen } = await ask(
        trial,
        `${get}X-Long: ${long}\r\n${last}`,
        ok('ok', [`X-Back: ${long}`]),
      );
      return { there: seen.includes(long), back: received.includes(long) };
    },
  },
  {
    name: 'duplicates and order of headers are kept',
    async run(trial) {
      const { received } = await ask(
        trial,
        get + last,
        ok('ok', ['Set-Cookie: a=1', 'X-A: 1', 'Set-Cookie: b=2']),
      );
      return { order: /set-cookie: a=1\r\nx-a: 1\r\nset-cookie: b=2\r\n/i.test(received) };
    },
  },
  {
    name: 'HTTP/1.0 gets a reply without chunks, and the connection is closed',
    async run(trial) {
      const reply = `HTTP/1.1 200 OK\r\n${chunked}\r\n2\r\nok\r\n0\r\n\r\n`;
      const { received, seen } = await ask(trial, 'GET / HTTP/1.0\r\n\r\n', reply);
      return {
        'no chunks': !/transfer-encoding/i.test(received) && received.endsWith('\r\n\r\nok'),
        'HTTP/1.1 to the upstream, with a host':
          /^GET \/ HTTP\/1\.1\r\n/.test(seen) && /^host: /im.test(seen),
      };
    },
    nginx: 'sends the upstream no Host where it is configured to pass the client’s',
  },
  {
    name: 'a reply that ends with its connection becomes one with chunks',
    async run({ port, upstream }) {
      upstream.script = (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall of it');
      using client = await RawClient.to(port);
      const received = await client.send(get + last).end();
      return {
        chunks:
          /transfer-encoding: chunked/i.test(received) &&
          dechunked(received.slice(received.indexOf('\r\n\r\n') + 4)) === 'all of it',
      };
    },
  },
];
