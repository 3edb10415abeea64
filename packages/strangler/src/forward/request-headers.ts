import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isHopByHop, namedByConnection, withoutNamed } from './hop-by-hop.ts';
import { RequestRefused } from './request-refused.ts';

/** Marks requests sent only to compare, so that a service can leave out effects. Never taken from clients. */
export const shadowHeader = 'banyan-shadow';

/** How requests are presented to upstreams. */
export interface Presentation {
  /** Whether upstreams see the client's Host, or their own. */
  readonly host: 'preserve' | 'upstream';
  /** Pseudonym in `Via`; false leaves `Via` out. */
  readonly via: string | false;
}

/** What is gathered on the way through the headers. */
interface Gathered {
  readonly kept: string[];
  named: string[];
  host: string | undefined;
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
  req: IncomingMessage,
  authority: string | undefined,
  show: Presentation,
): string[] {
  const gathered = gather(req.rawHeaders);
  const host = authority ?? gathered.host;
  const headers = gathered.named.length === 0 ? gathered.kept : withoutNamed(gathered.kept, gathered.named);
  if (host !== undefined && show.host === 'preserve') headers.push('host', host);
  appendForwarded(headers, gathered, req, host);
  if (show.via !== false) headers.push('via', joined(gathered.via, `${req.httpVersion} ${show.via}`));
  return headers;
}

function gather(raw: readonly string[]): Gathered {
  const gathered: Gathered = {
    kept: [],
    named: [],
    host: undefined,
    forwardedFor: '',
    forwarded: '',
    via: '',
    proto: undefined,
    forwardedHost: undefined,
  };
  for (let index = 0; index < raw.length; index += 2) {
    takeHeader(gathered, raw[index]!, raw[index + 1]!);
  }
  return gathered;
}

function takeHeader(gathered: Gathered, name: string, value: string): void {
  const lower = name.toLowerCase();
  switch (lower) {
    case 'host':
      if (gathered.host !== undefined) throw new RequestRefused(400, 'The request has two Host headers.');
      gathered.host = value;
      return;
    case 'connection':
      gathered.named = gathered.named.concat(namedByConnection(value));
      return;
    case 'transfer-encoding':
      if (value.toLowerCase() === 'chunked') return;
      throw new RequestRefused(501, 'Only the transfer encoding "chunked" is supported.');
    case 'x-forwarded-for':
      gathered.forwardedFor = joined(gathered.forwardedFor, value);
      return;
    case 'forwarded':
      gathered.forwarded = joined(gathered.forwarded, value);
      return;
    case 'via':
      gathered.via = joined(gathered.via, value);
      return;
    case 'x-forwarded-proto':
      gathered.proto = value;
      return;
    case 'x-forwarded-host':
      gathered.forwardedHost = value;
      return;
    case 'expect':
    case shadowHeader:
      return;
    default:
      if (!isHopByHop(lower)) gathered.kept.push(name, value);
  }
}

function appendForwarded(
  headers: string[],
  gathered: Gathered,
  req: IncomingMessage,
  host: string | undefined,
): void {
  const address = req.socket.remoteAddress ?? 'unknown';
  const proto = (req.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
  headers.push('x-forwarded-for', joined(gathered.forwardedFor, address));
  headers.push('x-forwarded-proto', gathered.proto ?? proto);
  if (host !== undefined) headers.push('x-forwarded-host', gathered.forwardedHost ?? host);
  const node = address.includes(':') ? `"[${address}]"` : address;
  const shown = host === undefined ? '' : `;host="${host.replace(/["\\]/g, '')}"`;
  headers.push('forwarded', joined(gathered.forwarded, `for=${node}${shown};proto=${proto}`));
}

function joined(before: string, value: string): string {
  return before === '' ? value : `${before}, ${value}`;
}
