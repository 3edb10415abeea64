import { isHopByHop, namedByConnection, withoutNamed } from './hop-by-hop.ts';

/** Headers of a reply for the client, and what the way of sending depends on. */
export interface ReplyHeaders {
  /** Name, value, name, value: order and duplicates as the upstream sent them. */
  readonly headers: string[];
  /** Whether the length is known beforehand. */
  readonly sized: boolean;
  /** Whether the reply is a stream of server-sent events. */
  readonly events: boolean;
}

/** Headers for the client, without those that are for one connection. `Trailer` stays where trailers can follow. */
export function replyHeaders(raw: readonly Buffer[], trailers: boolean): ReplyHeaders {
  const headers: string[] = [];
  let named: string[] | undefined;
  let sized = false;
  let events = false;
  let announced: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toString('latin1');
    const value = raw[index + 1]!.toString('latin1');
    const lower = name.toLowerCase();
    if (isHopByHop(lower)) {
      if (lower === 'connection') named = (named ?? []).concat(namedByConnection(value));
      if (lower === 'trailer') announced = value;
      continue;
    }
    if (lower === 'content-length') sized = true;
    else if (lower === 'content-type') events = value.startsWith('text/event-stream');
    headers.push(name, value);
  }
  if (announced !== undefined && trailers && !sized) headers.push('trailer', announced);
  return { headers: named?.length ? withoutNamed(headers, named) : headers, sized, events };
}

/** The same as a map, names in lower case, for comparing. */
export function headerMap(raw: readonly Buffer[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toString('latin1').toLowerCase();
    const value = raw[index + 1]!.toString('latin1');
    const before = map.get(name);
    map.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return map;
}
