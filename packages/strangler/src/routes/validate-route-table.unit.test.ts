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

  it.each(['shadow', 'canary'] as const)(
    'refuses writes in mode %s, with the route and the remedy',
    (kind) => {
      const mode = kind === 'shadow' ? { kind, sample: 1 } : { kind, share: 1 };
      const [problem] = problemsOf(tableWith({ match: { path: '/x', methods: ['GET', 'POST'] }, mode }));
      expect(problem).toContain('Route "items"');
      expect(problem).toContain('POST');
      expect(problem).toContain('make a route of its own');
    },
  );

  it('accepts writes that are moved as a whole', () => {
    const match = { path: '/x', methods: ['POST'] };
    expect(problemsOf(tableWith({ match, mode: { kind: 'moved' } }))).toEqual([]);
  });

  it('accepts copies of writes for a sandboxed candidate, and a POST that the route says to be a read', () => {
    const match = { path: '/x', methods: ['POST'] };
    const upstreams = { monolith: { url: 'http://a' }, catalogue: { url: 'http://b', sandboxed: true } };
    expect(problemsOf(tableWith({ match, mode: { kind: 'shadow', sample: 1 } }, { upstreams }))).toEqual([]);
    expect(problemsOf(tableWith({ match, reads: 'all' }))).toEqual([]);
    expect(problemsOf(tableWith({ match: { path: '/x', graphql: { fields: ['products'] } } }))).toEqual([]);
  });

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
    ['a host with a port', tableWith({ match: { path: '/', host: 'a:80' } }), 'without a port'],
    ['a header in upper case', tableWith({ match: { path: '/', headers: { 'X-A': '1' } } }), 'in lower case'],
    [
      'a GraphQL field that is none',
      tableWith({ match: { path: '/', graphql: { fields: ['a b'] } } }),
      'GraphQL field',
    ],
    ['a broken set path', tableWith({ compare: { sets: ['[*'] } }), 'compare.sets'],
    ['a broken tolerance', tableWith({ compare: { tolerance: { a: -1 } } }), 'per cent'],
    ['a share of learning above 1', tableWith({ compare: { learn: 2 } }), 'compare.learn'],
    [
      'an instance with a path',
      tableWith(
        {},
        {
          upstreams: {
            monolith: { url: 'http://a' },
            catalogue: { url: 'http://b', instances: { ada: { url: 'http://c/d' } } },
          },
        },
      ),
      '"catalogue=ada"',
    ],
    ['a broken cookie name', tableWith({ stickiness: { cookie: 'a b' } }), 'not a name'],
  ])('refuses %s', (_what, table, words) => {
    expect(problemsOf(table).join(' ')).toContain(words);
  });
});
