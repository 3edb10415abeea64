import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareJson } from './compare-json.ts';
import { pathRules } from './json-path.ts';

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
    expect(compareJson({ a: null }, {})).toEqual([{ at: 'a', owner: 'null', shape: true }]);
    expect(compareJson({ a: 1 }, { a: '1' })).toEqual([
      { at: 'a', owner: '1', candidate: '"1"', shape: true },
    ]);
    expect(compareJson([], {})).toEqual([{ at: 'body', owner: '[]', candidate: '{}', shape: true }]);
  });

  it('is not fooled by keys that every object inherits', () => {
    expect(compareJson(parse('{"toString":1}'), {})).toHaveLength(1);
    expect(compareJson(parse('{"__proto__":1}'), parse('{"__proto__":2}'))).toHaveLength(1);
  });

  it('names a field once, and stops at the limit of fields', () => {
    expect(compareJson([1, 2, 3], [0, 0, 0])).toEqual([{ at: '[0]', owner: '1', candidate: '0' }]);
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, n]));
    expect(compareJson(wide, {})).toHaveLength(20);
    expect(compareJson(wide, {}, { limit: 3 })).toHaveLength(3);
  });

  it('tells of a field that is missing somewhere, though it only has another value elsewhere', () => {
    const owner = { items: [{ price: 1 }, { price: 2 }] };
    expect(compareJson(owner, { items: [{ price: 9 }, {}] })).toEqual([
      { at: 'items[1].price', owner: '2', shape: true },
    ]);
  });

  it('takes arrays for sets where it is told to, and names what differs within them', () => {
    const rules = { rules: pathRules({ sets: ['items', 'body'], ignore: ['items[*].at'] }) };
    const owner = {
      items: [
        { id: 1, at: 5 },
        { id: 2, tags: ['a'] },
        { id: 2, tags: ['a'] },
      ],
    };
    const moved = { items: [owner.items[1], { id: 1, at: 6 }, owner.items[1]] };
    expect(compareJson(owner, moved, rules)).toEqual([]);
    expect(compareJson(owner, moved)).not.toEqual([]);
    const fewer = { items: [owner.items[1], owner.items[0]] };
    expect(compareJson(owner, fewer, rules)).toMatchObject([{ at: 'items[2]', shape: true }]);
    const changed = { items: [{ id: 2, tags: ['b'] }, owner.items[1], owner.items[0]] };
    expect(compareJson(owner, changed, rules)).toMatchObject([{ at: 'items[2].tags[0]', candidate: '"b"' }]);
    expect(compareJson([1, 2], [2, 1], rules)).toEqual([]);
  });

  it('lets numbers be off by as much as it is told to', () => {
    const rules = { rules: pathRules({ tolerance: { 'a[*]': 0.01, b: '1%' } }) };
    expect(compareJson({ a: [1.1, 2], b: 200 }, { a: [1.11, 2.01], b: 202 }, rules)).toEqual([]);
    expect(compareJson({ a: [1], b: 200 }, { a: [1.02], b: 202.1 }, rules)).toHaveLength(2);
    expect(compareJson({ a: [1], b: 200 }, { a: ['1'], b: null }, rules)).toHaveLength(2);
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
    expect(compareJson(owner, candidate, { rules: pathRules({ ignore: [path] }) })).toEqual([]);
  });

  it('leaves out nothing but the ignored paths', () => {
    const ignored = { rules: pathRules({ ignore: ['items[0].id', 'total'] }) };
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
