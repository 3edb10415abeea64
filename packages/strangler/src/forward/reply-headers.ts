import { connectionTokens } from '../wire/connection-tokens.ts';
import type { Fields } from '../wire/fields.ts';
import type { ReplyHead } from '../wire/reply-head.ts';
import { isHopByHop, namedHeaders, withoutNamed } from './hop-by-hop.ts';

/**
 * Headers for the client as name, value, name, value: order and duplicates as the upstream sent them, without length and
 * what is for one connection. `Trailer` stays where trailers can follow.
 */
export function replyHeaders({ fields, framing }: ReplyHead, trailers: boolean): string[] {
  const headers: string[] = [];
  const { names, pairs } = fields;
  let named: readonly string[] | undefined;
  for (let index = 0; index < names.length; index++) {
    const lower = names[index]!;
    if (lower === 'content-length') continue;
    if (isHopByHop(lower)) {
      if (lower === 'connection') named ??= namedHeaders(connectionTokens(fields));
      if (lower !== 'trailer' || !trailers || framing !== 'chunked') continue;
    }
    headers.push(pairs[2 * index]!, pairs[2 * index + 1]!);
  }
  return named?.length ? withoutNamed(headers, named) : headers;
}

/** The same as a map, names in lower case, for comparing. */
export function headerMap({ names, pairs }: Fields): Map<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    const value = pairs[2 * index + 1]!;
    const before = map.get(name);
    map.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return map;
}
