import { Fields } from '../wire/fields.ts';
import type { RequestHead } from '../wire/request-head.ts';
import { isHost } from '../wire/request-head.ts';
import { RequestRefused } from '../wire/request-refused.ts';

/**
 * The head of a request of HTTP/2 from its raw headers: name, value, name, value. Node has checked that they follow
 * RFC 9113; here is what more it takes to pass them on in HTTP/1.1.
 *
 * @throws RequestRefused
 */
export function http2RequestHead(raw: readonly string[], endsHere: boolean): RequestHead {
  const pseudo = new Map<string, string>();
  const fields = new Fields();
  let cookies: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    if (name.startsWith(':')) pseudo.set(name, value);
    // A client may send them one by one, which HTTP/1.1 does not know (RFC 9113, 8.2.3).
    else if (name === 'cookie') cookies = cookies === undefined ? value : `${cookies}; ${value}`;
    else fields.add(name, value, name);
  }
  if (cookies !== undefined) fields.add('cookie', cookies, 'cookie');
  const target = pseudo.get(':path') ?? '';
  const host = pseudo.get(':authority') ?? fields.get('host');
  if (/[\0-\x20\x7f]/.test(target)) throw new RequestRefused(400, 'The path holds what no path may hold.');
  if (host === undefined || !isHost(host))
    throw new RequestRefused(400, 'The request names no host, or none that could be one.');
  if (pseudo.get(':authority') !== undefined && fields.names.includes('host') && fields.get('host') !== host)
    throw new RequestRefused(400, 'The request names two hosts.');
  return {
    method: pseudo.get(':method') ?? '',
    target,
    version: '2.0',
    fields,
    host,
    framing: endsHere ? 0 : lengthOf(fields),
    keepAlive: true,
    expectsContinue: !endsHere && fields.get('expect')?.toLowerCase() === '100-continue',
    upgrade: undefined,
  };
}

function lengthOf(fields: Fields): number | 'chunked' {
  const length = fields.get('content-length');
  if (length === undefined) return 'chunked';
  if (!/^\d{1,15}$/.test(length)) throw new RequestRefused(400, 'A Content-Length that is no number.');
  return Number(length);
}
