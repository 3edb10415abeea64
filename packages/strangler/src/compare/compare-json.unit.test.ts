import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareJson } from './compare-json.ts';
import { ignoredPaths } from './json-path.ts';

const parse = (text: string): unknown => JSON.parse(text);

/** The same value, with the keys of every object in reverse order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reordered(item)]),
  );
}

describe('compareJson', () => {
  it('finds nothing between a value and itself, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(compareJson(value, reordered(parse(JSON.stringify(value))))).toEqual([]);
      }),
    );
  });

  it('finds something exactly where two values differ, in both directions', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [parse(JSON.stringify(a)), parse(JSON.stringify(b))];
        const same = JSON.stringify(sortKeys(left)) === JSON.stringify(sortKeys(right));
        expect(compareJson(left, right).length === 0).toBe(same);
        expect(compareJson(right, left).length === 0).toBe(same);
      }),
    );
  });

  it('names the path of a single change', () => {
    const owner = {
      items: [
        { id: 1, price: 9.99 },
        { id: 2, price: 5 },
      ],
      total: 2,
    };
    const candidate = {
      total: 2,
      items: [
        { id: 1, price: 9.99 },
        { id: 2, price: 5.5 },
      ],
    };
    expect(compareJson(owner, candidate)).toEqual([{ at: 'items[1].price', owner: '5', candidate: '5.5' }]);
  });

  it('takes numbers as numbers, and absent for something else than null', () => {
    expect(compareJson(parse('{"a":1.0,"b":1e2}'), parse('{"b":100,"a":1}'))).toEqual([]);
    expect(compareJson({ a: null }, {})).toEqual([{ at: 'a', owner: 'null' }]);
    expect(compareJson({ a: 1 }, { a: '1' })).toEqual([{ at: 'a', owner: '1', candidate: '"1"' }]);
    expect(compareJson([], {})).toEqual([{ at: 'body', owner: '[]', candidate: '{}' }]);
  });

  it('is not fooled by keys that every object inherits', () => {
    expect(compareJson(parse('{"toString":1}'), {})).toHaveLength(1);
    expect(compareJson(parse('{"__proto__":1}'), parse('{"__proto__":2}'))).toHaveLength(1);
  });

  it('stops at the limit', () => {
    expect(compareJson([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 0, 0, 0])).toHaveLength(5);
  });

  it.each([
    ['total', { total: 1, a: 1 }, { total: 2, a: 1 }],
    ['$.total', { total: 1 }, {}],
    ['items[*].at', { items: [{ at: 1 }, { at: 2 }] }, { items: [{ at: 3 }, {}] }],
    ['[*].at', [{ at: 1 }], [{ at: 2 }]],
    ['items[0].id', { items: [{ id: 1 }, { id: 2 }] }, { items: [{ id: 9 }, { id: 2 }] }],
    ['*.etag', { a: { etag: 1 }, b: { etag: 1 } }, { a: { etag: 2 }, b: { etag: 3 } }],
    ['meta["a.b"]', { meta: { 'a.b': 1 } }, { meta: { 'a.b': 2 } }],
    ['meta', { meta: { deep: [1] } }, { meta: 7 }],
  ])('leaves %s out', (path, owner, candidate) => {
    expect(compareJson(owner, candidate)).not.toEqual([]);
    expect(compareJson(owner, candidate, ignoredPaths([path]))).toEqual([]);
  });

  it('leaves out nothing but the ignored paths', () => {
    const ignored = ignoredPaths(['items[0].id', 'total']);
    expect(
      compareJson({ items: [{ id: 1 }, { id: 2 }] }, { items: [{ id: 9 }, { id: 8 }] }, ignored),
    ).toEqual([{ at: 'items[1].id', owner: '2', candidate: '8' }]);
    expect(compareJson({ sub: { total: 1 } }, { sub: { total: 2 } }, ignored)).toHaveLength(1);
  });
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, item]) => ['entry', key, sortKeys(item)]).concat([['object']]);
}
