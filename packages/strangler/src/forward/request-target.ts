import { isHost } from '../wire/request-head.ts';
import { RequestRefused } from '../wire/request-refused.ts';

/** What a request asks for. */
export interface RequestTarget {
  /** Path and query, exactly as they are forwarded. */
  readonly url: string;
  /** The part of it before the query. */
  readonly path: string;
  /** Authority of a target in absolute form; it counts more than the Host header (RFC 9112, 3.2.2). */
  readonly authority?: string;
}

const absoluteForm = /^https?:\/\/([^/?#]+)([/?].*)?$/is;

/** Methods that a server in front of others has no answer to. */
const refused = new Set(['CONNECT', 'TRACE']);

/**
 * Splits a request target without decoding anything.
 *
 * @throws RequestRefused
 */
export function requestTarget(method: string, url: string): RequestTarget {
  if (refused.has(method)) throw new RequestRefused(405, `The method ${method} is not forwarded.`);
  if (url.charCodeAt(0) === 47 /* / */) return { url, path: pathOf(url) };
  if (url === '*' && method === 'OPTIONS') return { url, path: url };
  const absolute = absoluteForm.exec(url);
  if (absolute === null)
    throw new RequestRefused(400, 'The request target must be a path that begins with "/".');
  if (!isHost(absolute[1]!)) throw new RequestRefused(400, 'The request target names no host.');
  const rest = absolute[2] ?? '/';
  const relative = rest.startsWith('/') ? rest : `/${rest}`;
  return { url: relative, path: pathOf(relative), authority: absolute[1]! };
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
