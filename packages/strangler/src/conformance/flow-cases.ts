import { RawClient } from '../testing/raw-client.ts';
import { ok } from '../testing/raw-upstream.ts';
import { ask, type ConformanceCase, chunked, get, last, post, until } from './conformance-case.ts';

/** What happens over time: order, interim replies, switches, ends. */
export const flowCases: readonly ConformanceCase[] = [
  {
    name: 'requests that come ahead are answered in order',
    async run({ port, upstream }) {
      upstream.script = (socket, { received }) => {
        const [, n] = /^GET \/(\d+)/.exec(received)!;
        setTimeout(() => socket.write(ok(`<${n}>`)), n === '1' ? 50 : 0);
      };
      using client = await RawClient.to(port);
      const ahead = [1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n${n === 3 ? last : '\r\n'}`);
      const received = await client.send(ahead.join('')).end();
      return { order: received.match(/<\d>/g)?.join('') === '<1><2><3>' };
    },
  },
  {
    name: 'a request that comes byte by byte is a request',
    async run({ port, upstream }) {
      using client = await RawClient.to(port);
      client.socket.setNoDelay();
      for (const byte of `${post}Content-Length: 2\r\n${last}hi`) {
        client.send(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const received = await client.end();
      return {
        answered: received.startsWith('HTTP/1.1 200 '),
        body:
          upstream.messages[0]!.received.includes('content-length: 2') ||
          upstream.messages[0]!.received.includes('Content-Length: 2'),
      };
    },
  },
  {
    name: 'an interim reply is passed on before the last one',
    nginx: 'does not know it',
    async run(trial) {
      const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n';
      const { received } = await ask(trial, get + last, early + ok());
      return { both: /^HTTP\/1\.1 103 .*\r\nLink: [^\r]*\r\n\r\nHTTP\/1\.1 200 /.test(received) };
    },
  },
  {
    name: 'Expect: 100-continue reaches the upstream, which decides; its refusal comes without a body having been sent',
    nginx: 'answers 100 itself',
    async run(trial) {
      const reply = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig';
      const { received, seen } = await ask(
        trial,
        `${post}Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n`,
        reply,
      );
      return {
        asked: /^expect: 100-continue\r\n/im.test(seen),
        'refused and closed': received.startsWith('HTTP/1.1 413 ') && received.endsWith('big'),
      };
    },
  },
  {
    name: 'Expect: 100-continue is answered, and then the body goes through',
    nginx: 'answers 100 itself and does not expect another one',
    async run({ port, upstream }) {
      upstream.script = (socket, message) => {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        const wait = setInterval(() => {
          if (!message.received.endsWith('body')) return;
          clearInterval(wait);
          socket.write(ok());
        }, 5);
      };
      using client = await RawClient.to(port);
      client.send(`${post}Content-Length: 4\r\nExpect: 100-continue\r\n${last}`);
      await client.until(/100 Continue\r\n\r\n/);
      const received = await client.send('body').end();
      return { once: received.match(/ 100 /g)?.length === 1, answered: received.includes('HTTP/1.1 200 ') };
    },
  },
  {
    name: 'WebSocket passes bytes both ways, early ones too, and the ends close together',
    async run({ port, upstream }) {
      upstream.script = (socket) => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello;',
        );
      };
      using client = await RawClient.to(port);
      client.send(`${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly;`);
      await client.until(/hello;/);
      client.send('late;');
      const heard = () => upstream.messages.map(({ received }) => received).join('');
      await until(() => heard().endsWith('early;late;'));
      const first = {
        'the client hears': client.received.endsWith('hello;'),
        switched: client.received.startsWith('HTTP/1.1 101 '),
      };
      client.socket.destroy();
      await until(() => upstream.sockets.size === 0);
      return first;
    },
  },
  {
    name: 'server-sent events come as they are sent',
    async run({ port, upstream }) {
      upstream.script = (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${chunked}\r\n`);
        setTimeout(() => socket.write('9\r\ndata: 1\n\n\r\n'), 30);
      };
      using client = await RawClient.to(port);
      client.send(`${get}\r\n`);
      const head = await client.until(/\r\n\r\n/);
      await client.until(/data: 1\n\n/);
      return {
        'the head at once': /text\/event-stream/.test(head),
        'an event': client.received.includes('data: 1'),
      };
    },
  },
  {
    name: 'a client that goes away ends the work of the upstream',
    async run({ port, upstream }) {
      upstream.script = () => undefined;
      using client = await RawClient.to(port);
      client.send(`${get}\r\n`);
      await until(() => upstream.messages.length === 1);
      client.socket.destroy();
      await until(() => upstream.sockets.size === 0);
      return { ended: true };
    },
  },
];
