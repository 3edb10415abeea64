import type { ClientStream } from '../client/client-stream.ts';
import { connectionTokens } from '../wire/connection-tokens.ts';
import type { RequestHead } from '../wire/request-head.ts';
import { isHopByHop, namedHeaders, withoutNamed } from './hop-by-hop.ts';

/** Marks requests sent only to compare, so that a service can leave out effects. Never taken from clients. */
export const shadowHeader = 'banyan-shadow';

/** How requests are presented to upstreams. */
export interface Presentation {
  /** Whether upstreams see the client's Host, or their own. */
  readonly host: 'preserve' | 'upstream';
  /** Pseudonym in `Via`; false leaves `Via` out. */
  readonly via: string | false;
}

/** What earlier proxies said. */
interface Said {
  forwardedFor: string;
  forwarded: string;
  via: string;
  proto: string | undefined;
  forwardedHost: string | undefined;
}

/**
 * Headers for the upstream as name, value, name, value: order and duplicates as the client sent them, without those
 * that are for one connection, with `X-Forwarded-*`, `Forwarded` and `Via` continued.
 */
export function requestHeaders(
  stream: ClientStream,
  authority: string | undefined,
  show: Presentation,
): string[] {
  const { request } = stream;
  const said: Said = { forwardedFor: '', forwarded: '', via: '', proto: undefined, forwardedHost: undefined };
  const host = authority ?? request.host;
  const first = host !== undefined && show.host === 'preserve' ? ['host', host] : [];
  const headers = withoutConnection(gather(request, said, first), request);
  appendForwarded(headers, said, stream, host);
  if (show.via !== false) headers.push('via', joined(said.via, `${request.version} ${show.via}`));
  return headers;
}

function gather({ fields }: RequestHead, said: Said, headers: string[]): string[] {
  const { names, pairs } = fields;
  for (let index = 0; index < names.length; index++) {
    const value = pairs[2 * index + 1]!;
    switch (names[index]) {
      case 'host':
      case 'content-length':
      case 'expect':
      case shadowHeader:
        break;
      case 'x-forwarded-for':
        said.forwardedFor = joined(said.forwardedFor, value);
        break;
      case 'forwarded':
        said.forwarded = joined(said.forwarded, value);
        break;
      case 'via':
        said.via = joined(said.via, value);
        break;
      case 'x-forwarded-proto':
        said.proto = value;
        break;
      case 'x-forwarded-host':
        said.forwardedHost = value;
        break;
      default:
        if (!isHopByHop(names[index]!)) headers.push(pairs[2 * index]!, value);
    }
  }
  return headers;
}

function withoutConnection(headers: string[], { fields }: RequestHead): string[] {
  const named = namedHeaders(connectionTokens(fields));
  // Host stays, whatever a client says.
  return named.length === 0
    ? headers
    : withoutNamed(
        headers,
        named.filter((name) => name !== 'host'),
      );
}

function appendForwarded(
  headers: string[],
  said: Said,
  stream: ClientStream,
  host: string | undefined,
): void {
  const address = stream.remoteAddress;
  const proto = stream.secure ? 'https' : 'http';
  headers.push('x-forwarded-for', joined(said.forwardedFor, address));
  headers.push('x-forwarded-proto', said.proto ?? proto);
  if (host !== undefined) headers.push('x-forwarded-host', said.forwardedHost ?? host);
  const node = address.includes(':') ? `"[${address}]"` : address;
  const shown = host === undefined ? '' : `;host="${host.replace(/["\\]/g, '')}"`;
  headers.push('forwarded', joined(said.forwarded, `for=${node}${shown};proto=${proto}`));
}

function joined(before: string, value: string): string {
  return before === '' ? value : `${before}, ${value}`;
}
