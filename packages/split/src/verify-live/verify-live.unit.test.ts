import { describe, expect, test } from 'vitest';
import { judge, type RowVersion, suspects } from './settle-suspects.ts';

const row = (key: string, digest: string, version = '1'): RowVersion => ({ key: [key], digest, version });

describe('judging a row that differs', () => {
  test.each([
    ['equal', row('a', 'x'), row('a', 'x'), row('a', 'x')],
    ['different', row('a', 'x'), row('a', 'y'), row('a', 'x')],
    ['missing', row('a', 'x'), undefined, row('a', 'x')],
    ['extra', undefined, row('a', 'x'), undefined],
    ['equal', undefined, undefined, undefined],
    ['unsettled', row('a', 'x'), row('a', 'y'), row('a', 'x', '2')],
    ['unsettled', row('a', 'x'), undefined, undefined],
    ['unsettled', undefined, undefined, row('a', 'x')],
  ] as const)(
    'says %s only when the owner’s row did not change meanwhile',
    (verdict, before, copy, after) => {
      expect(judge({ before, copy, after })).toBe(verdict);
    },
  );

  test('suspects what differs and what only one side has', () => {
    const owner = [row('a', '1'), row('b', '2'), row('c', '3')];
    expect(suspects(owner, [row('d', '4'), row('b', '2', '9'), row('c', '5')])).toEqual([
      ['a'],
      ['c'],
      ['d'],
    ]);
  });
});
