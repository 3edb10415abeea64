import type { Fields } from './fields.ts';
import { Malformed } from './malformed.ts';

/** Where a body ends: after so many bytes, by its chunks, or with the connection. Without a body it is 0. */
export type Framing = number | 'chunked' | 'close';

/** More digits may not be exact in a number. */
const length = /^\d{1,15}$/;

/** The coding is one that is not offered; the framing itself may be valid. */
export class UnknownCoding extends Malformed {}

/**
 * What the fields say of the length of a body; undefined where they say nothing. Stricter than it has to be: a length
 * that is repeated or stands beside a transfer coding is refused, because two servers could read it differently
 * (RFC 9112, 6.3 and 11.2).
 *
 * @throws Malformed where they contradict each other, UnknownCoding for codings other than `chunked`.
 */
export function framingOf(fields: Fields): number | 'chunked' | undefined {
  let found: number | 'chunked' | undefined;
  const { names, pairs } = fields;
  for (let index = 0; index < names.length; index++) {
    const name = names[index];
    if (name !== 'content-length' && name !== 'transfer-encoding') continue;
    if (found !== undefined) throw new Malformed('more than one length of the body');
    const value = pairs[2 * index + 1]!;
    found = name === 'content-length' ? lengthOf(value) : codingOf(value);
  }
  return found;
}

function lengthOf(value: string): number {
  if (!length.test(value)) throw new Malformed('a Content-Length that is no number');
  return Number(value);
}

function codingOf(value: string): 'chunked' {
  if (value.toLowerCase() === 'chunked') return 'chunked';
  throw new UnknownCoding('a transfer encoding other than "chunked"');
}
