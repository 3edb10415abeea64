import { connectionTokens } from './connection-tokens.ts';
import { checkLines, type Fields, isToken, readFields } from './fields.ts';
import { framingOf, UnknownCoding } from './framing.ts';
import { Malformed } from './malformed.ts';
import { RequestRefused } from './request-refused.ts';

/** The head of a request, checked. */
export interface RequestHead {
  readonly method: string;
  /** As it was sent. */
  readonly target: string;
  readonly version: '1.0' | '1.1' | '2.0';
  readonly fields: Fields;
  /** Of the Host header, or `:authority`. */
  readonly host: string | undefined;
  /** Bytes of the body, or that it ends by itself; 0 where there is none. */
  readonly framing: number | 'chunked';
  /** Whether the client means to send another request on the connection. */
  readonly keepAlive: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** The protocol that the client wants to switch to, in lower case. */
  readonly upgrade: string | undefined;
}

const hostSyntax = /^[A-Za-z0-9\-._~!$&'()*+,;=%:[\]]*$/;

/**
 * Reads the head of an HTTP/1.x request, all of it up to the empty line (not included), each line ending with CRLF.
 *
 * @throws RequestRefused with the status to answer.
 */
export function readRequestHead(head: string): RequestHead {
  try {
    checkLines(head);
    return read(head);
  } catch (error) {
    if (error instanceof UnknownCoding)
      throw new RequestRefused(501, 'Only the transfer encoding "chunked" is supported.');
    if (error instanceof Malformed)
      throw new RequestRefused(400, `The request is not valid HTTP/1.1: ${error.message}.`);
    throw error;
  }
}

function read(head: string): RequestHead {
  const end = head.indexOf('\r\n');
  const afterMethod = head.indexOf(' ');
  const beforeVersion = head.lastIndexOf(' ', end);
  const method = head.slice(0, afterMethod);
  const target = head.slice(afterMethod + 1, beforeVersion);
  if (afterMethod > end || afterMethod < 1 || !isToken(method))
    throw new Malformed('no method at its beginning');
  if (beforeVersion <= afterMethod + 1 || /[ \t]/.test(target))
    throw new Malformed('a first line that is not method, target and version with one space between them');
  const version = versionOf(head.slice(beforeVersion + 1, end));
  const fields = readFields(head, end + 2);
  const framing = framingOf(fields);
  if (framing === 'chunked' && version === '1.0') throw new Malformed('chunks in HTTP/1.0');
  const connection = connectionTokens(fields);
  const wantsUpgrade = connection?.includes('upgrade') === true && version === '1.1';
  return {
    method,
    target,
    version,
    fields,
    host: hostOf(fields, version),
    framing: framing ?? 0,
    keepAlive: version === '1.1' ? connection?.includes('close') !== true : keepsAliveIn10(connection),
    expectsContinue: version === '1.1' && framing !== 0 && framing !== undefined && expectsContinue(fields),
    upgrade: wantsUpgrade ? fields.get('upgrade')?.toLowerCase() : undefined,
  };
}

function versionOf(text: string): '1.0' | '1.1' {
  if (text === 'HTTP/1.1') return '1.1';
  if (text === 'HTTP/1.0') return '1.0';
  if (/^HTTP\/\d\.\d$/.test(text))
    throw new RequestRefused(505, 'Only HTTP/1.0 and HTTP/1.1 are spoken here.');
  throw new Malformed('a first line that does not end with a version');
}

function hostOf({ names, pairs }: Fields, version: '1.0' | '1.1'): string | undefined {
  const index = names.indexOf('host');
  if (index === -1) {
    if (version === '1.1') throw new Malformed('no Host header');
    return undefined;
  }
  if (names.indexOf('host', index + 1) !== -1) throw new Malformed('two Host headers');
  const host = pairs[2 * index + 1]!;
  if (!isHost(host)) throw new Malformed('a Host header that is no host');
  return host;
}

function keepsAliveIn10(connection: readonly string[] | undefined): boolean {
  return connection?.includes('keep-alive') === true && !connection.includes('close');
}

function expectsContinue(fields: Fields): boolean {
  const expectation = fields.get('expect');
  if (expectation === undefined) return false;
  if (expectation.toLowerCase() === '100-continue') return true;
  throw new RequestRefused(
    417,
    `The expectation "${expectation}" can't be met; only "100-continue" is known.`,
  );
}

/** Whether a text may stand where a host and a port stand. */
export function isHost(text: string): boolean {
  return hostSyntax.test(text);
}
