import type { ReplyHeaders } from '../compare/reply.ts';
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

/** Headers by their names, for comparing. They are only gone through where somebody asks: most replies are equal to the byte. */
export class HeadersByName implements ReplyHeaders {
  readonly #fields: Fields;

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    return this.#fields.get(name);
  }

  *[Symbol.iterator](): Iterator<readonly [string, string]> {
    for (const name of new Set(this.#fields.names)) yield [name, this.#fields.get(name)!];
  }
}
