import { expect, test } from 'vitest';
import { KeyFilter } from './key-filter.ts';
import { mergeEffects } from './merge-effects.ts';
import { type RowEffect, rows } from './row-effect.ts';
import { rowGroups } from './row-groups.ts';

const { upsert, add, remove } = rows;
const merged = (...effects: RowEffect[]) =>
  [...(mergeEffects(effects).get('t')?.rows.values() ?? [])].map(({ removed, set, add }) => ({
    ...(removed && { removed }),
    ...(set && { set }),
    ...(add && { add }),
  }));

test('of several values of a column the last remains, and others stay', () => {
  const row = merged(
    upsert('t', { id: 1 }, { a: 'x', b: 1 }),
    upsert('t', { id: '1' }, { a: 'y', c: undefined }),
  );
  expect(row).toEqual([{ set: { a: 'y', b: 1 } }]);
});

test('amounts add up, also on top of a value, until a value is given', () => {
  expect(merged(add('t', { id: 1 }, { n: 1, m: 5 }), add('t', { id: 1 }, { n: 2n }))).toEqual([
    { set: {}, add: { n: 3n, m: 5n } },
  ]);
  expect(merged(upsert('t', { id: 1 }, { n: '7', m: null }), add('t', { id: 1 }, { n: 2, m: 1 }))).toEqual([
    { set: { n: 9n, m: 1n } },
  ]);
  expect(merged(add('t', { id: 1 }, { n: 1 }), upsert('t', { id: 1 }, { n: 0 }))).toEqual([
    { set: { n: 0 }, add: {} },
  ]);
});

test('a row that is removed is forgotten, and may come again', () => {
  const row = [upsert('t', { id: 1 }, { a: 1 }), add('t', { id: 1 }, { n: 1 }), remove('t', { id: 1 })];
  expect(merged(...row)).toEqual([{ removed: true }]);
  expect(merged(...row, upsert('t', { id: 1 }, { b: 2 }))).toEqual([{ removed: true, set: { b: 2 } }]);
});

test('keys of several columns are told apart', () => {
  const keys = [
    { a: 'a', b: 'b c' },
    { a: 'a b', b: 'c' },
    { a: '', b: 'a b c' },
  ];
  expect(merged(...keys.map((key) => upsert('t', key, {})))).toHaveLength(3);
});

test.each([
  ['a key without a value', upsert('t', { id: null }, {}), 'row-key'],
  ['no key', remove('t', {}), 'row-key'],
  ['other key columns', upsert('t', { other: 1 }, {}), 'row-key-columns'],
  ['more key columns', upsert('t', { id: 1, other: 1 }, {}), 'row-key-columns'],
  ['a fraction', add('t', { id: 1 }, { n: 0.1 }), 'row-amount'],
  ['more than a number can count', add('t', { id: 1 }, { n: 2 ** 60 }), 'row-amount'],
])('%s is refused', (_what, effect, code) => {
  expect(() => mergeEffects([upsert('t', { id: 1 }, {}), effect])).toThrowError(
    expect.objectContaining({ code }),
  );
});

test('rows with the same columns go together, removed ones first', () => {
  const table = mergeEffects([
    upsert('t', { id: 1 }, { a: 1 }),
    upsert('t', { id: 2 }, { b: 1 }),
    upsert('t', { id: 3 }, { a: 1 }),
    remove('t', { id: 4 }),
    add('t', { id: 5 }, { a: 1 }),
  ]).get('t')!;
  const groups = rowGroups(table, ({ id }) => id === '3');
  expect(groups.map(({ op, set, added, rows }) => [op, set, added, rows.map(({ id }) => id)])).toEqual([
    ['delete', [], [], ['4']],
    ['upsert', ['a'], [], ['1']],
    ['upsert', ['b'], [], ['2']],
    ['copy', ['a'], [], ['3']],
    ['upsert', [], ['a'], ['5']],
  ]);
});

test('a filter of keys forgets none, and takes few others for known', () => {
  const filter = new KeyFilter();
  let doubtful = 0;
  for (let key = 0; key < 200_000; key += 1) if (!filter.claim('t', `order-${key}`)) doubtful += 1;
  expect(doubtful).toBeLessThan(200);
  let forgotten = 0;
  for (let key = 0; key < 200_000; key += 1) if (filter.claim('t', `order-${key}`)) forgotten += 1;
  expect(forgotten).toBe(0);
  expect(filter.claim('other', 'order-1')).toBe(true);
});
