import { expect, test } from 'vitest';
import { columnGroups } from './column-groups.ts';

const set = (module: string, ...columns: string[]) => ({
  module,
  member: '*',
  table: 't',
  writes: true,
  columns,
});

test('columns belong together if one statement or one module sets both', () => {
  expect(
    columnGroups([set('a', 'x', 'y'), set('b', 'y', 'z'), set('c', 'q'), set('c', 'r'), set('d')]),
  ).toEqual([
    { columns: ['q', 'r'], modules: ['c'] },
    { columns: ['x', 'y', 'z'], modules: ['a', 'b'] },
  ]);
});
