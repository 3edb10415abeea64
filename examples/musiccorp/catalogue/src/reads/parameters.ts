import { type ParsedUrlQuery, parse } from 'node:querystring';
import { badRequest } from './refusal.ts';

const LARGEST_INTEGER = 2147483647;

/** The query of a URL, read as the monolith's framework reads it: what cannot be decoded stays as it is. */
export function queryOf(url: string): ParsedUrlQuery {
  const [before = ''] = url.split('#', 1);
  const mark = before.indexOf('?');
  return parse(mark < 0 ? '' : before.slice(mark + 1));
}

/**
 * The value of a parameter; an empty one counts as absent.
 * @throws Refusal when it is given twice.
 */
export function parameter(query: ParsedUrlQuery, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw badRequest(`${name} must be given once`);
  return value === '' ? undefined : value;
}

/**
 * A whole number from 1 without sign or leading zero.
 * @throws Refusal when the text is something else or more than `largest`.
 */
export function wholeNumber(text: string, name: string, largest = LARGEST_INTEGER): number {
  const value = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= largest) return value;
  throw badRequest(`${name} must be a whole number from 1 to ${largest}`);
}

/**
 * The last segment of a path as an id.
 * @throws Refusal
 */
export function idAtEndOf(url: string): number {
  const [path = ''] = url.split(/[?#]/, 1);
  const segment = path.slice(path.lastIndexOf('/') + 1);
  return wholeNumber(decoded(segment), 'id');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`Failed to decode param '${segment}'`);
  }
}
