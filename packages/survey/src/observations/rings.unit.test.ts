import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortestWay, strongComponents } from './rings.ts';

const graphs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 11 })), { maxLength: 40 })
  .map((edges) => {
    const leads = new Map<string, string[]>();
    for (const [from, to] of edges) leads.set(`${from}`, [...(leads.get(`${from}`) ?? []), `${to}`]);
    return leads;
  });

function reached(leads: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const seen = new Set<string>();
  const open = [...(leads.get(from) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...(leads.get(node) ?? []));
  }
  return seen;
}

test('two nodes are in one component if and only if each leads to the other', () => {
  fc.assert(
    fc.property(graphs, (leads) => {
      const components = strongComponents(leads);
      const of = (node: string) => components.findIndex((members) => members.includes(node));
      const nodes = [...new Set([...leads].flatMap(([from, to]) => [from, ...to]))];
      for (const a of nodes)
        for (const b of nodes)
          if (a !== b)
            expect(of(a) >= 0 && of(a) === of(b)).toBe(reached(leads, a).has(b) && reached(leads, b).has(a));
    }),
  );
});

test('a chain of a hundred thousand is no problem, and the shortest way is found', () => {
  const leads = new Map(Array.from({ length: 100_000 }, (_, at) => [`${at}`, [`${(at + 1) % 100_000}`]]));
  leads.get('10')!.push('99990');
  expect(strongComponents(leads).map(({ length }) => length)).toEqual([100_000]);
  expect(shortestWay(leads, '9', '99991', new Set(leads.keys()))).toEqual(['9', '10', '99990', '99991']);
  expect(shortestWay(leads, '9', '8', new Set(['9', '8']))).toBeUndefined();
});
