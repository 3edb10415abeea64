import { Invalid, type RowWrite } from '@banyan/runtime';
import { expect, test } from 'vitest';
import { groupRowWrites } from './group-row-writes.ts';

const upsert = (id: string | null, row: Record<string, string | null>, table = 'shop.item'): RowWrite => ({
  op: 'upsert',
  table,
  key: { id },
  row,
});

test('neighbours with the same columns form one group, whatever the order of the columns', () => {
  const groups = groupRowWrites([upsert('1', { a: 'x', b: 'y' }), upsert('2', { b: 'v', a: 'w' })]);
  expect(groups).toEqual([
    {
      op: 'upsert',
      table: 'shop.item',
      key: ['id'],
      others: ['a', 'b'],
      rows: [
        { id: '1', a: 'x', b: 'y' },
        { id: '2', a: 'w', b: 'v' },
      ],
    },
  ]);
});

test('another table, other columns, a delete or a truncate begin a new group, so that the order stays', () => {
  const groups = groupRowWrites([
    upsert('1', { a: 'x' }),
    upsert('1', { a: 'x' }, 'shop.other'),
    upsert('1', { b: 'x' }),
    { op: 'delete', table: 'shop.item', key: { id: '1' } },
    { op: 'truncate', table: 'shop.item' },
    upsert('1', { b: 'x' }),
  ]);
  expect(groups.map(({ op }) => op)).toEqual(['upsert', 'upsert', 'upsert', 'delete', 'truncate', 'upsert']);
});

test('of several writes to one row in a group the last remains', () => {
  const groups = groupRowWrites([
    upsert('1', { a: 'first' }),
    upsert('2', { a: '' }),
    upsert('1', { a: 'last' }),
  ]);
  expect(groups).toMatchObject([
    {
      rows: [
        { id: '2', a: '' },
        { id: '1', a: 'last' },
      ],
    },
  ]);
});

test('a group has 2000 rows at most', () => {
  const writes = Array.from({ length: 2001 }, (_, index) => upsert(`${index}`, { a: 'x' }));
  expect(groupRowWrites(writes).map((group) => 'rows' in group && group.rows.length)).toEqual([2000, 1]);
});

test('a row without a key is refused', () => {
  expect(() => groupRowWrites([upsert(null, { a: 'x' })])).toThrow(Invalid);
  expect(() => groupRowWrites([{ op: 'delete', table: 'shop.item', key: {} }])).toThrow(/every key column/);
});
