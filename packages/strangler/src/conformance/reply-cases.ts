import { RawClient } from '../testing/raw-client.ts';
import { ok } from '../testing/raw-upstream.ts';
import { ask, type ConformanceCase, chunked, get, last } from './conformance-case.ts';

function badReply(name: string, reply: string, nginx?: string): ConformanceCase {
  return {
    name: `a reply with ${name} is answered 502`,
    async run(trial) {
      trial.upstream.script = (socket) => socket.end(reply, 'latin1');
      const { received } = await ask(trial, get + last);
      return { 'answers 502': received.startsWith('HTTP/1.1 502 ') };
    },
    ...(nginx === undefined ? {} : { nginx }),
  };
}

/** What an upstream must not get through. */
export const replyCases: readonly ConformanceCase[] = [
  badReply(
    'two lengths',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc',
    'takes one of them',
  ),
  badReply(
    'a length and chunks',
    `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${chunked}\r\n0\r\n\r\n`,
    'takes the chunks',
  ),
  badReply('a folded line', 'HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 0\r\n\r\n'),
  badReply('a NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n'),
  badReply('another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n', 'passes it on as HTTP/0.9'),
  badReply('no status', 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n', 'passes it on as HTTP/0.9'),
  badReply('a head that breaks off', 'HTTP/1.1 200 OK\r\nContent-'),
  badReply('nothing in it', ''),
  badReply(
    'a switch of protocols that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    'passes it on',
  ),
  {
    name: 'what an upstream sends beyond its reply reaches nobody',
    async run({ port, upstream }) {
      upstream.script = (socket, { received }) =>
        void socket.write(received.includes('/first') ? `${ok('one')}${ok('stray')}` : ok('two'));
      using client = await RawClient.to(port);
      client.send('GET /first HTTP/1.1\r\nHost: x\r\n\r\n');
      await client.until(/one/);
      const received = await client.send(get + last).end();
      return { 'the right replies': received.endsWith('two') && !received.includes('stray') };
    },
  },
  {
    name: 'a reply that breaks off is not passed off as whole',
    async run({ port, upstream }) {
      upstream.script = (socket) => socket.end(`HTTP/1.1 200 OK\r\n${chunked}\r\n4\r\npart\r\n`);
      using client = await RawClient.to(port);
      const received = await client.send(`${get}\r\n`).end();
      return { 'no end': !received.endsWith('0\r\n\r\n') };
    },
  },
];
