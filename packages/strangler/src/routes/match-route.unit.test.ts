import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRoute } from './match-route.ts';
import type { Route, RouteTable } from './route.ts';

function tableWith(...paths: string[]): RouteTable {
  const routes: Route[] = paths.map((path) => ({
    name: path,
    match: { path },
    owner: 'monolith',
    mode: { kind: 'owner' },
  }));
  return { revision: 1, upstreams: { monolith: { url: 'http://127.0.0.1:1' } }, default: 'monolith', routes };
}

const shop = tableWith('/api/items/:id', '/api/search', '/assets/*', '/a.b', '/');

describe('matchRoute', () => {
  it.each([
    ['/api/items/7', '/api/items/:id'],
    ['/api/items/AC%2FDC', '/api/items/:id'],
    ['/api/items/%2e%2ehidden', '/api/items/:id'],
    ['/api/search', '/api/search'],
    ['/assets', '/assets/*'],
    ['/assets/', '/assets/*'],
    ['/assets/css//shop.css', '/assets/*'],
    ['/assets/.well-known', '/assets/*'],
    ['/a.b', '/a.b'],
    ['/', '/'],
  ])('matches %s', (path, name) => {
    expect(matchRoute(shop, 'GET', path)?.name).toBe(name);
  });

  it.each([
    '/api/items',
    '/api/items/',
    '/api/items/7/',
    '/api/items/7/reviews',
    '/API/search',
    '/api/search/',
    '/api//search',
    '/assetsx',
    '/axb',
    '/api/%73earch',
    '//',
    '',
  ])('does not match %s', (path) => {
    expect(matchRoute(shop, 'GET', path)).toBeUndefined();
  });

  it.each([
    '/assets/../api/orders',
    '/assets/..',
    '/assets/.',
    '/assets/%2e%2e/api/orders',
    '/assets/%2E./api/orders',
    '/assets/..%2fapi%2forders',
    '/assets/x%5c..%5capi',
    '/assets/..;/api/orders',
    '/assets/x\\..\\api',
    '/assets/x#/../api',
    '/api/items/..',
    '/api/items/%2e',
    '/api/items/..%2f',
  ])('sends %s to the default upstream, because servers differ in what it means', (path) => {
    expect(matchRoute(shop, 'GET', path)).toBeUndefined();
  });

  it('takes reads only, where the route names no methods', () => {
    expect(matchRoute(shop, 'HEAD', '/api/search')).toBeDefined();
    expect(matchRoute(shop, 'POST', '/api/search')).toBeUndefined();
    expect(matchRoute(shop, 'get', '/api/search')).toBeUndefined();
  });

  it('lets the first route win', () => {
    expect(matchRoute(tableWith('/api/:any', '/api/search'), 'GET', '/api/search')?.name).toBe('/api/:any');
    expect(matchRoute(tableWith('/api/search', '/api/:any'), 'GET', '/api/search')?.name).toBe('/api/search');
  });

  it('never matches a path that URL resolution would change', () => {
    const segment = fc.constantFrom(
      'a',
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '.%2e',
      '%2f',
      '..%2f',
      'b.c',
      '..a',
      '',
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const path = `/assets/${segments.join('/')}`;
        const decoded = path.replace(/%2f/gi, '/').replace(/%2e/gi, '.');
        const resolved = new URL(decoded.replace(/\/{2,}/g, '/'), 'http://x').pathname;
        const matched = matchRoute(shop, 'GET', path) !== undefined;
        expect(matched).toBe(resolved === decoded.replace(/\/{2,}/g, '/'));
      }),
    );
  });
});
