import { Invalid } from '@banyan/runtime';
import { describe, expect, it } from 'vitest';
import type { Route, RouteTable } from './route.ts';
import { validateRouteTable } from './validate-route-table.ts';

const items: Route = {
  name: 'items',
  match: { path: '/api/items/:id' },
  owner: 'monolith',
  candidate: 'catalogue',
  mode: { kind: 'canary', share: 0.05, sample: 1 },
};

function tableWith(change: Partial<Route>, rest: Partial<RouteTable> = {}): RouteTable {
  return {
    revision: 3n,
    upstreams: {
      monolith: { url: 'http://127.0.0.1:4000' },
      catalogue: { url: 'https://catalogue.internal/' },
    },
    default: 'monolith',
    routes: [{ ...items, ...change }],
    ...rest,
  };
}

function problemsOf(table: RouteTable): readonly string[] {
  try {
    validateRouteTable(table);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(Invalid);
    return (error as Invalid).details.problems as string[];
  }
}

describe('validateRouteTable', () => {
  it('accepts a table that can work', () => {
    expect(problemsOf(tableWith({}))).toEqual([]);
    expect(
      problemsOf(tableWith({ match: { path: '/x', methods: ['POST'] }, mode: { kind: 'owner' } })),
    ).toEqual([]);
  });

  it.each(['shadow', 'canary', 'moved'] as const)(
    'refuses writes in mode %s, with the route and the remedy',
    (kind) => {
      const mode = kind === 'moved' ? { kind } : kind === 'shadow' ? { kind, sample: 1 } : { kind, share: 1 };
      const [problem] = problemsOf(tableWith({ match: { path: '/x', methods: ['GET', 'POST'] }, mode }));
      expect(problem).toContain('Route "items"');
      expect(problem).toContain('POST');
      expect(problem).toContain('make a route of its own');
    },
  );

  it.each<[string, RouteTable, string]>([
    ['an unknown default', tableWith({}, { default: 'nobody' }), '"nobody" is not among the upstreams'],
    [
      'an upstream with a path',
      tableWith({}, { upstreams: { monolith: { url: 'http://a/b' }, catalogue: { url: 'http://a' } } }),
      'is not an origin',
    ],
    [
      'no URL',
      tableWith({}, { upstreams: { monolith: { url: '127.0.0.1:80' }, catalogue: { url: 'http://a' } } }),
      'is not an origin',
    ],
    ['two routes of one name', tableWith({}, { routes: [items, items] }), 'is there twice'],
    ['an unknown candidate', tableWith({ candidate: 'catalog' }), 'upstream "catalog"'],
    ['no candidate', tableWith({ candidate: undefined }), 'needs a candidate'],
    ['one upstream on both sides', tableWith({ candidate: 'monolith' }), 'both owner and candidate'],
    ['a share above 1', tableWith({ mode: { kind: 'canary', share: 5 } }), 'share is 5'],
    ['no number', tableWith({ mode: { kind: 'shadow', sample: Number.NaN } }), 'sample is NaN'],
    ['a relative path', tableWith({ match: { path: 'api' } }), 'begin it with "/"'],
    ['a star in the middle', tableWith({ match: { path: '/a/*/b' } }), 'only as the whole last segment'],
    ['a dot segment', tableWith({ match: { path: '/a/../b' } }), 'leave out'],
    ['a query', tableWith({ match: { path: '/a?b' } }), 'neither literal text'],
    ['a method in lower case', tableWith({ match: { path: '/a', methods: ['get'] } }), 'upper case'],
    ['no method at all', tableWith({ match: { path: '/a', methods: [] } }), 'no methods'],
    ['a broken ignore path', tableWith({ compare: { ignore: ['items[*'] } }), 'not a JSON path'],
    ['a broken cookie name', tableWith({ stickiness: { cookie: 'a b' } }), 'not a name'],
  ])('refuses %s', (_what, table, words) => {
    expect(problemsOf(table).join(' ')).toContain(words);
  });
});
