import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stickyCookie, stickyKey } from './sticky.ts';

const fieldsOf = (values: Record<string, string>) => new Map(Object.entries(values));

describe('stickyKey', () => {
  it('takes the cookie that the route names', () => {
    expect(stickyKey(fieldsOf({ cookie: 'a=1; session=abc; b=2' }), { cookie: 'session' })).toBe('abc');
  });

  it('takes the header that the route names, in any case', () => {
    expect(stickyKey(fieldsOf({ 'x-user': '7' }), { header: 'X-User' })).toBe('7');
  });

  it("falls back to the proxy's own cookie", () => {
    expect(stickyKey(fieldsOf({ cookie: 'banyan_sticky=k' }), { cookie: 'session' })).toBe('k');
    expect(stickyKey(fieldsOf({ cookie: 'banyan_sticky=k' }), undefined)).toBe('k');
  });

  it('knows nobody without a key', () => {
    expect(stickyKey(fieldsOf({}), { header: 'x-user' })).toBeUndefined();
    expect(
      stickyKey(fieldsOf({ cookie: 'session=; xbanyan_sticky=1' }), { cookie: 'session' }),
    ).toBeUndefined();
  });

  it('finds a cookie among any others, as one who takes them all apart does', () => {
    const part = fc.stringMatching(/^[ab=; \t]{0,12}$/);
    const takenApart = (header: string) => {
      const pairs = header.split(';').map((pair) => [pair.indexOf('='), pair] as const);
      const found = pairs.find(([equals, pair]) => equals > 0 && pair.slice(0, equals).trim() === 'ab');
      return found?.[1].slice(found[0] + 1).trim() || undefined;
    };
    fc.assert(
      fc.property(part, (header) => {
        expect(stickyKey(fieldsOf({ cookie: header }), { cookie: 'ab' })).toBe(takenApart(header));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes the subject of a bearer token, or the token itself', () => {
    const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
    const keyOf = (value: string) =>
      stickyKey(fieldsOf({ authorization: `Bearer ${value}` }), { user: 'bearer' });
    expect(keyOf(token({ sub: 'ada', iat: 1 }))).toBe('ada');
    expect(keyOf(token({ sub: 'ada', iat: 2 }))).toBe('ada');
    expect(keyOf('opaque')).toBe('opaque');
    expect(stickyKey(fieldsOf({ authorization: 'Basic abc' }), { user: 'bearer' })).toBeUndefined();
  });

  it('reads back the cookie it sets', () => {
    const cookie = stickyCookie('key', true);
    expect(cookie).toMatch(/^banyan_sticky=key; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
    expect(stickyKey(fieldsOf({ cookie: cookie.split(';')[0]! }), undefined)).toBe('key');
  });
});
