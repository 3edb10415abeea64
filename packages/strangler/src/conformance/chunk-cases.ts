import { ok } from '../testing/raw-upstream.ts';
import {
  ask,
  type ConformanceCase,
  chunked,
  dechunked,
  get,
  last,
  post,
  smuggled,
} from './conformance-case.ts';

function badChunks(name: string, body: string, nginx?: string): ConformanceCase {
  return {
    name: `${name}: never a whole body`,
    async run(trial) {
      trial.upstream.script = () => undefined;
      const { received } = await ask(trial, `${post}${chunked}\r\n${body}`);
      return {
        'answers 400 or nothing': received === '' || received.startsWith('HTTP/1.1 400 '),
        'the upstream sees no end': !/(?:^|\r\n)0\r\n/.test(trial.upstream.messages[0]?.received ?? ''),
        'nothing is smuggled': !trial.upstream.messages.some(({ received: seen }) =>
          seen.startsWith('GET /smuggled'),
        ),
      };
    },
    ...(nginx === undefined ? {} : { nginx }),
  };
}

/** What a body of chunks may be, and what not. */
export const chunkCases: readonly ConformanceCase[] = [
  badChunks('a size that is no number', 'zz\r\n\r\n'),
  badChunks('a negative size', '-1\r\n\r\n'),
  badChunks('a size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'),
  badChunks('a size that is too great', 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n'),
  badChunks('a chunk that is longer than it says', `3\r\nhello\r\n0\r\n\r\n${smuggled}`),
  badChunks('bare LF after a size', '5\nhello\r\n0\r\n\r\n', 'takes bare LF'),
  badChunks('bare LF after a chunk', '5\r\nhello\n0\r\n\r\n', 'takes bare LF'),
  badChunks('bare LF in an extension', `5;a\nb\r\nhello\r\n0\r\n\r\n${smuggled}`),
  badChunks('an endless extension', `5;${'a'.repeat(100_000)}`, 'reads on'),
  {
    name: 'chunks are passed on byte for byte, whatever their sizes and extensions',
    async run(trial) {
      trial.upstream.script = (socket, message) => {
        const wait = setInterval(() => {
          // Whoever has read all of it may send it with a length.
          if (!/(?:0\r\n\r\n|wide world)$/.test(message.received)) return;
          clearInterval(wait);
          socket.write(ok());
        }, 5);
      };
      const body = '5\r\nhello\r\n1;name=value\r\n \r\n00A\r\nwide world\r\n0\r\n\r\n';
      const { received, seen } = await ask(trial, `${post}Connection: close\r\n${chunked}\r\n${body}`);
      const sent = seen.slice(seen.indexOf('\r\n\r\n') + 4);
      return {
        'the reply comes': received.startsWith('HTTP/1.1 200 '),
        'the body is the same': sent === 'hello wide world' || dechunked(sent) === 'hello wide world',
      };
    },
  },
  {
    name: 'trailers of a reply reach the client',
    nginx: 'leaves trailers out',
    async run(trial) {
      const reply = `HTTP/1.1 200 OK\r\n${chunked}Trailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n`;
      const { received } = await ask(trial, get + last, reply);
      return { body: received.includes('2\r\nok\r\n'), trailer: /0\r\nX-Sum: 7\r\n\r\n$/i.test(received) };
    },
  },
];
