import type { NamedValues } from './named-values.ts';
import type { Stickiness } from './route.ts';

/** Name of the cookie by which the proxy knows a client again where the route names nothing else. */
const stickyCookieName = 'banyan_sticky';

const thirtyDaysInSeconds = 2_592_000;

/**
 * The place of a client in [0, 1): FNV-1a (32 bit) with the finalizer of MurmurHash3, which spreads keys that
 * differ only in their last characters.
 */
export function stickyPlace(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** What the request says about its client: the key that the route names, else the proxy's own cookie. */
export function stickyKey(fields: NamedValues, stickiness: Stickiness | undefined): string | undefined {
  const cookies = fields.get('cookie');
  if (stickiness !== undefined) {
    const named = namedKey(fields, cookies, stickiness);
    if (named) return named;
  }
  return cookieValue(cookies, stickyCookieName);
}

function namedKey(
  fields: NamedValues,
  cookies: string | undefined,
  stickiness: Stickiness,
): string | undefined {
  if ('cookie' in stickiness) return cookieValue(cookies, stickiness.cookie);
  if ('header' in stickiness) return fields.get(stickiness.header.toLowerCase());
  return bearerSubject(fields.get('authorization'));
}

/** The subject of a JSON Web Token, or the token itself where it is none. */
function bearerSubject(authorization: string | undefined): string | undefined {
  const token = /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) return undefined;
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload.sub === 'string' ? payload.sub : token;
  } catch {
    return token;
  }
}

/** The `Set-Cookie` value that makes a client known. */
export function stickyCookie(key: string, secure: boolean): string {
  const attributes = `Path=/; Max-Age=${thirtyDaysInSeconds}; HttpOnly; SameSite=Lax`;
  return `${stickyCookieName}=${key}; ${attributes}${secure ? '; Secure' : ''}`;
}

/** The value of the first cookie of a name. Headers may hold many others, so the name is looked for and nothing is split. */
function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    if (!beginsPair(header, at)) continue;
    const semicolon = header.indexOf(';', at);
    const pair = semicolon === -1 ? header.slice(at) : header.slice(at, semicolon);
    const equals = pair.indexOf('=');
    if (equals >= name.length && pair.slice(0, equals).trimEnd() === name)
      return pair.slice(equals + 1).trim() || undefined;
  }
  return undefined;
}

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/.test(header[before]!)) before--;
  return before < 0 || header[before] === ';';
}
