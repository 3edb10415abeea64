import { expect, test } from 'vitest';
import { c2cCoverage } from './c2c.ts';
import { mojoFm } from './mojofm.ts';

/** `ab cd` is the contexts with the classes a, b and c, d; a class in several is in each. */
function split(text: string): Map<string, Set<string>> {
  const placed = new Map<string, Set<string>>();
  for (const [at, members] of text.split(' ').entries())
    for (const name of members) placed.set(name, (placed.get(name) ?? new Set()).add(`context ${at}`));
  return placed;
}

test('the same partition has 100, under whatever names', () => {
  expect(mojoFm(split('cd ab ef'), split('ab cd ef'))).toBe(100);
});

test('each move counts, of the most that any partition would need', () => {
  // Sizes 3, 3: no partition needs more than six less two.
  expect(mojoFm(split('abd cef'), split('abc def'))).toBe(50);
  expect(mojoFm(split('abc de f'), split('abc def'))).toBe(75);
  expect(mojoFm(split('a b c d e f'), split('abc def'))).toBe(0);
});

test('where two proposed contexts want the same known one, one of them may take another that suits as well', () => {
  expect(mojoFm(split('ab cd'), split('abcd'))).toBeCloseTo((1 - 1 / 3) * 100);
  expect(mojoFm(split('ac bd'), split('ab cd'))).toBe(0);
});

test('a class that is copied into several contexts is right in any and when it is shared', () => {
  const truth = split('abx cdx');
  expect(mojoFm(split('abx cd'), truth)).toBe(100);
  expect(mojoFm(split('ab cdx'), truth)).toBe(100);
  expect(mojoFm(split('abx cdx'), truth)).toBe(100);
});

test('a class that is called shared and is not needs a move', () => {
  expect(mojoFm(split('abc cd'), split('abc d'))).toBeLessThan(100);
});

test('a known context is covered by a proposed one that overlaps more than the threshold', () => {
  const [mine, known] = [split('abc def'), split('ab cdef')];
  expect(c2cCoverage(mine, known, 33)).toBe(100);
  expect(c2cCoverage(mine, known, 66)).toBe(100);
  expect(c2cCoverage(mine, known, 70)).toBe(50);
});
