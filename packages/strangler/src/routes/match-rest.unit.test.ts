import { describe, expect, it } from 'vitest';
import { compileRouteTable } from './compile-route-table.ts';
import { graphqlOperations } from './graphql-operations.ts';
import { isolationKey } from './isolation.ts';
import { matchRoute, needsOperations } from './match-route.ts';
import { isRead } from './reads.ts';
import type { Route, RouteMatch, RouteTable } from './route.ts';

function tableOf(...matches: RouteMatch[]): RouteTable {
  const routes = matches.map(
    (match, index): Route => ({ name: `r${index}`, match, owner: 'monolith', mode: { kind: 'owner' } }),
  );
  return { revision: 1, upstreams: { monolith: { url: 'http://127.0.0.1:1' } }, default: 'monolith', routes };
}

const fieldsOf = (values: Record<string, string>) => new Map(Object.entries(values));
const asked = (query: string) =>
  graphqlOperations({ contentType: 'application/json', body: JSON.stringify({ query }), search: undefined });

describe('a route', () => {
  it('matches by host, without its port, in any case', () => {
    const table = tableOf({ path: '/a', host: 'shop.example' }, { path: '/a', host: '*.shop.example' });
    const at = (host: string) => matchRoute(table, 'GET', '/a', { fields: fieldsOf({ host }) })?.name;
    expect([at('shop.example'), at('Shop.Example:8080'), at('shop.example.')]).toEqual(['r0', 'r0', 'r0']);
    expect([at('eu.shop.example'), at('a.b.shop.example:1')]).toEqual(['r1', 'r1']);
    expect([at('ashop.example'), at('.shop.example'), at('other')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(matchRoute(table, 'GET', '/a')).toBeUndefined();
  });

  it('matches by headers: a value, or any', () => {
    const table = tableOf(
      { path: '/a', headers: { 'x-version': '2' } },
      { path: '/a', headers: { 'x-beta': '*' } },
    );
    const at = (values: Record<string, string>) =>
      matchRoute(table, 'GET', '/a', { fields: fieldsOf(values) })?.name;
    expect([at({ 'x-version': '2' }), at({ 'x-version': '3' }), at({ 'x-beta': '' })]).toEqual([
      'r0',
      undefined,
      'r1',
    ]);
  });

  it('matches GraphQL by kind and root field, each operation of a batch', () => {
    const table = tableOf(
      { path: '/graphql', graphql: { fields: ['product', 'products'] } },
      { path: '/graphql', graphql: { operation: 'mutation' } },
    );
    const at = (query: string) =>
      matchRoute(table, 'POST', '/graphql', { fields: fieldsOf({}), operations: asked(query) })?.name;
    expect(at('{ products { id } other: product(id: 1) { id } }')).toBe('r0');
    expect(at('{ products { id } customer { id } }')).toBeUndefined();
    expect(at('mutation { addItem { id } }')).toBe('r1');
    expect(at('{ __typename }')).toBeUndefined();
    const batch = [...asked('{ products { id } }')!, ...asked('mutation { addItem { id } }')!];
    expect(
      matchRoute(table, 'POST', '/graphql', { fields: fieldsOf({}), operations: batch }),
    ).toBeUndefined();
    expect(matchRoute(table, 'POST', '/graphql', { fields: fieldsOf({}) })).toBeUndefined();
  });

  it('says whether a body must be known before it can match', () => {
    const compiled = compileRouteTable(
      tableOf({ path: '/graphql', methods: ['PUT'] }, { path: '/graphql', graphql: {} }, { path: '/*' }),
    );
    const needs = (method: string, path: string) => needsOperations(compiled, method, path, fieldsOf({}));
    expect(needs('POST', '/graphql')).toBe(true);
    expect([needs('PUT', '/graphql'), needs('GET', '/other'), needs('POST', '/other')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('what counts as a read', () => {
  const route = (rest: Partial<Route>): Route => ({
    name: 'r',
    match: { path: '/' },
    owner: 'monolith',
    mode: { kind: 'owner' },
    ...rest,
  });

  it('is the route’s own rule', () => {
    expect([
      isRead(route({}), { method: 'GET' }),
      isRead(route({}), { method: 'HEAD' }),
      isRead(route({}), { method: 'POST' }),
    ]).toEqual([true, true, false]);
    expect(isRead(route({ reads: 'all' }), { method: 'POST' })).toBe(true);
    expect(isRead(route({ reads: 'none' }), { method: 'GET' })).toBe(false);
    expect(isRead(route({ reads: 'code' }), { method: 'POST', readByCode: true })).toBe(true);
    expect(isRead(route({ reads: 'code' }), { method: 'GET' })).toBe(false);
    const graphql = route({ match: { path: '/', graphql: {} } });
    expect(isRead(graphql, { method: 'POST', operations: asked('{ a }') })).toBe(true);
    expect(isRead(graphql, { method: 'GET', operations: asked('mutation { a }') })).toBe(false);
    expect(isRead(graphql, { method: 'POST' })).toBe(false);
  });
});

describe('isolation', () => {
  const key = (values: Record<string, string>) => isolationKey(fieldsOf(values), 'catalogue');

  it('is asked for by header or by baggage, the header first', () => {
    expect(key({ 'banyan-isolation': 'finance=bob, catalogue=ada' })).toBe('ada');
    expect(key({ baggage: 'a=b,banyan.catalogue=ada%20l;ttl=3 , c=d' })).toBe('ada l');
    expect(key({ baggage: 'banyan.catalogue=bob', 'banyan-isolation': 'catalogue=ada' })).toBe('ada');
  });

  it('is not asked for by anything else', () => {
    expect([key({}), key({ baggage: 'catalogue=ada' }), key({ 'banyan-isolation': 'catalogue=' })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(key({ 'banyan-isolation': 'catalogue=%' })).toBeUndefined();
    expect(key({ 'banyan-isolation': `${'a=b,'.repeat(3_000)}catalogue=ada` })).toBeUndefined();
  });
});
