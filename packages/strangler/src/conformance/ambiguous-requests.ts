import { ask, type ConformanceCase, chunked, get, last, post, smuggled } from './conformance-case.ts';

function refused(name: string, request: string, status: number, nginx?: string): ConformanceCase {
  return {
    name: `${name}: ${status}`,
    async run(trial) {
      const { received } = await ask(trial, request);
      return {
        [`answers ${status}`]: received.startsWith(`HTTP/1.1 ${status} `),
        'answers once and closes': received.match(/HTTP\/1\.1 \d{3} /g)?.length === 1,
        'forwards nothing': trial.upstream.messages.length === 0,
      };
    },
    ...(nginx === undefined ? {} : { nginx }),
  };
}

/** What two servers could read differently. */
export const ambiguousRequests: readonly ConformanceCase[] = [
  refused(
    'Content-Length beside Transfer-Encoding',
    `${post}Content-Length: 4\r\n${chunked}\r\n0\r\n\r\n${smuggled}`,
    400,
  ),
  refused(
    'Transfer-Encoding before Content-Length',
    `${post}${chunked}Content-Length: 4\r\n\r\n0\r\n\r\n`,
    400,
  ),
  refused('two lengths that differ', `${post}Content-Length: 4\r\nContent-Length: 5\r\n\r\naaaaa`, 400),
  refused('two lengths that are equal', `${post}Content-Length: 4\r\nContent-Length: 4\r\n\r\naaaa`, 400),
  refused('a list of lengths', `${post}Content-Length: 4, 4\r\n\r\naaaa`, 400),
  refused('a length with a sign', `${post}Content-Length: +4\r\n\r\naaaa`, 400),
  refused('a negative length', `${post}Content-Length: -1\r\n\r\n`, 400),
  refused('a length in hexadecimal', `${post}Content-Length: 0x4\r\n\r\naaaa`, 400),
  refused('a length with a blank in it', `${post}Content-Length: 1 2\r\n\r\n`, 400),
  refused('an empty length', `${post}Content-Length: \r\n\r\n`, 400),
  refused('a length that is too great', `${post}Content-Length: 99999999999999999999\r\n\r\n`, 400),
  refused('chunked twice', `${post}${chunked}${chunked}\r\n0\r\n\r\n`, 400),
  refused('chunked twice in a list', `${post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, 501),
  refused('chunked that is not last', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 501),
  refused('another coding', `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, 501),
  refused(
    'a coding that only looks like chunked',
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    501,
  ),
  refused('chunked in quotes', `${post}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n`, 501),
  refused(
    'chunked with a vertical tab',
    `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    400,
    'answers 501',
  ),
  refused('chunked in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400),
  refused('a blank before the colon', `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, 400),
  refused('a folded line', `${get}X-A: a\r\n b\r\n\r\n`, 400),
  refused('a folded first line', 'GET / HTTP/1.1\r\n Host: x\r\nHost: x\r\n\r\n', 400),
  refused('bare LF after the first line', 'GET / HTTP/1.1\nHost: x\r\n\r\n', 400, 'takes bare LF'),
  refused('bare LF at the end of a header', `${get}X-A: a\n\r\n`, 400, 'takes bare LF'),
  refused('bare LF everywhere', 'GET / HTTP/1.1\nHost: x\n\n', 400, 'takes bare LF'),
  refused('bare CR in a header', `${get}X-A: a\rX-B: b\r\n\r\n`, 400),
  refused('NUL in a header', `${get}X-A: a\0b\r\n\r\n`, 400),
  refused('a control character in a header', `${get}X-A: a\x01b\r\n\r\n`, 400, 'passes it on'),
  refused('two Host headers', 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400),
  refused('two equal Host headers', 'GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', 400),
  refused('no Host in HTTP/1.1', 'GET / HTTP/1.1\r\n\r\n', 400),
  refused('a Host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', 400),
  refused('a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400),
  refused('a header without a name', `${get}: a\r\n\r\n`, 400),
  refused('a header without a colon', `${get}abc\r\n\r\n`, 400, 'leaves the header out'),
  refused('a header name that is no token', `${get}X(A): a\r\n\r\n`, 400, 'leaves the header out'),
  refused('no version', 'GET /\r\n\r\n', 400, 'answers as HTTP/0.9'),
  refused('a version in small letters', 'GET / http/1.1\r\nHost: x\r\n\r\n', 400),
  refused('two blanks in the first line', 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'takes it'),
  refused('a tab in the first line', 'GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n', 400),
  refused('a blank in the target', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n', 400),
  refused('a target that is no path', 'GET shop HTTP/1.1\r\nHost: x\r\n\r\n', 400),
  refused('a method that is no token', 'G(T / HTTP/1.1\r\nHost: x\r\n\r\n', 400),
  refused('HTTP/2.0 in the first line', 'GET / HTTP/2.0\r\nHost: x\r\n\r\n', 505),
  refused('CONNECT', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', 405, 'answers 400'),
  refused('TRACE', `TRACE / HTTP/1.1\r\nHost: x\r\n${last}`, 405),
  refused('a head that is too long', `${get}X-A: ${'a'.repeat(300_000)}\r\n\r\n`, 431, 'answers 400'),
  refused(
    'an expectation that nobody knows',
    `${post}Content-Length: 1\r\nExpect: tea\r\n\r\na`,
    417,
    'forwards it',
  ),
];
