import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, pairedRatio, percentile, rotated, spreadOf } from './statistics.ts';

const rates = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 });

describe('the median', () => {
  test('is the middle of an odd number of values, whatever their order', () => {
    expect(median([9, 1, 10])).toBe(9);
  });

  test('is the mean of the middle two of an even number', () => {
    expect(median([4, 1, 100, 2])).toBe(3);
  });

  test('of nothing is an error', () => {
    expect(() => median([])).toThrow('no median');
  });

  test('has as many values on one side as on the other, and leaves its input alone', () => {
    fc.assert(
      fc.property(rates, (values) => {
        const before = [...values];
        const middle = median(values);
        expect(values).toEqual(before);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

test('the spread reaches from the smallest to the largest value', () => {
  expect(spreadOf([3, 1, 2])).toEqual([1, 3]);
  expect(() => spreadOf([])).toThrow('no spread');
});

describe('the paired ratio', () => {
  test('compares within rounds, so that a slow round of both does not count', () => {
    expect(pairedRatio([100, 10, 100], [50, 5, 50])).toBe(2);
    expect(pairedRatio([100, 10, 90], [50, 5, 10])).toBe(2);
  });

  test('is the inverse of the ratio the other way round, for an odd number of rounds', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 9999 })), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(
        pairs.filter(({ length }) => length % 2 === 1),
        (rounds) => {
          const ours = rounds.map(([value]) => value);
          const theirs = rounds.map(([, value]) => value);
          expect(pairedRatio(ours, theirs) * pairedRatio(theirs, ours)).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test('of rounds that one side missed is an error', () => {
    expect(() => pairedRatio([1, 2], [1])).toThrow('value of both');
  });
});

describe('the order of a round', () => {
  test('begins with another contestant each round', () => {
    const orders = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''));
    expect(orders).toEqual(['abc', 'bca', 'cab', 'abc']);
  });

  test('of nobody is empty', () => {
    expect(rotated([], 3)).toEqual([]);
  });
});

test('a percentile is the nearest rank, whatever the order', () => {
  expect(percentile([5], 99)).toBe(5);
  expect(percentile([30, 10, 20, 40], 50)).toBe(20);
  expect(percentile([30, 10, 20, 40], 99)).toBe(40);
  expect(() => percentile([], 50)).toThrow('nothing');
});
