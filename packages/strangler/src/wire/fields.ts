import { Malformed } from './malformed.ts';

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What no line may hold: control characters but the tab, and line ends that are not CRLF (RFC 9110, 5.5). */
const forbidden = /[^\t\x20-\x7e\x80-\xff\r\n]|\r(?!\n)|(?<!\r)\n/;
const space = 32;
const tab = 9;

/** Header or trailer fields: as they were sent, duplicates and all. */
export class Fields {
  /** Name, value, name, value. */
  readonly pairs: string[] = [];
  /** The name of each pair in lower case. */
  readonly names: string[] = [];

  add(name: string, value: string, lower = name.toLowerCase()): void {
    this.pairs.push(name, value);
    this.names.push(lower);
  }

  /** The values of a name in lower case as one list, or undefined. */
  get(name: string): string | undefined {
    let found: string | undefined;
    for (let index = this.names.indexOf(name); index !== -1; index = this.names.indexOf(name, index + 1)) {
      const value = this.pairs[2 * index + 1]!;
      // Cookies are the one list that is not separated by commas (RFC 9113, 8.2.3).
      found = found === undefined ? value : `${found}${name === 'cookie' ? '; ' : ', '}${value}`;
    }
    return found;
  }
}

/** Whether a text is a token: a method or the name of a field. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/** @throws Malformed where bytes are in a head that no head may hold. */
export function checkLines(head: string): void {
  if (forbidden.test(head)) throw new Malformed('a control character or a line end that is not CRLF');
}

/**
 * Reads field lines from a place of a head to its end; each line ends with CRLF. `checkLines` has seen them.
 *
 * @throws Malformed where a line is no field: folded, without colon, a name that is no token.
 */
export function readFields(head: string, from: number): Fields {
  const fields = new Fields();
  for (let at = from; at < head.length; ) {
    const end = head.indexOf('\r\n', at);
    const colon = head.indexOf(':', at);
    if (colon === -1 || colon > end) throw new Malformed('a header line without a colon');
    const name = head.slice(at, colon);
    if (!token.test(name)) throw new Malformed('a header name that is no token, or a folded line');
    fields.add(name, trimmed(head, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

function trimmed(head: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(head.charCodeAt(start))) start++;
  while (end > start && isBlank(head.charCodeAt(end - 1))) end--;
  return head.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === space || code === tab;
}
