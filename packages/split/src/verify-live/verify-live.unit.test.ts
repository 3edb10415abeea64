import { describe, expect, test } from 'vitest';
import { judge, lookedAt, type RowVersion, suspects } from './settle-suspects.ts';

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

  test('says that rows differ only once the same was seen twice: a commit may reach the copy before others see it at the owner', () => {
    const early = { before: row('a', 'x'), copy: row('a', 'y'), after: row('a', 'x') };
    const first = lookedAt({ key: ['a'] }, early);
    expect(first.verdict).toBe('unsettled');
    expect(lookedAt(first.suspect, early).verdict).toBe('different');
    const other = { ...early, copy: row('a', 'z') };
    expect(lookedAt(first.suspect, other).verdict).toBe('unsettled');
    const seen = row('a', 'y', '2');
    expect(lookedAt(first.suspect, { before: seen, copy: row('a', 'y'), after: seen }).verdict).toBe('equal');
  });

  test('suspects what differs and what only one side has', () => {
    const owner = [row('a', '1'), row('b', '2'), row('c', '3')];
    expect(suspects(owner, [row('d', '4'), row('b', '2', '9'), row('c', '5')])).toEqual([
      ['a'],
      ['c'],
      ['d'],
    ]);
  });
});
