import { describe, expect, test } from 'vitest';
import { judge } from './judge.ts';

const committed = ['a', 'b', 'c'].map((label, index) => ({ label, stream: 's', version: index + 1 }));
const verdictOf = (effects: readonly string[], more = {}) => judge({ committed, effects, ...more }).verdict;

describe('a delivery', () => {
  test('passes when every event took effect once and in order', () => {
    expect(verdictOf(['a', 'b', 'c'])).toBe('passes');
  });

  test('skips, doubles or disorders', () => {
    expect(verdictOf(['a', 'c'])).toBe('skips');
    expect(verdictOf(['a', 'b', 'b', 'c'])).toBe('doubles');
    expect(verdictOf(['b', 'a', 'c'])).toBe('disorders');
  });

  test('doubles when what never was committed took effect', () => {
    expect(verdictOf(['a', 'b', 'c', 'aborted'])).toBe('doubles');
  });

  test('loses when an acknowledged event is gone', () => {
    expect(verdictOf(['a', 'b', 'c'], { acknowledged: ['a', 'd'] })).toBe('loses');
  });

  test('doubles when a version is taken twice or one is left out', () => {
    const twice = [...committed, { label: 'd', stream: 's', version: 3 }];
    const gap = [...committed, { label: 'd', stream: 's', version: 5 }];
    for (const kept of [twice, gap]) {
      expect(judge({ committed: kept, effects: ['a', 'b', 'c', 'd'] }).verdict).toBe('doubles');
    }
  });
});
