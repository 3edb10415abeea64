import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';

describe('Breaker', () => {
  it('opens after failures in a row, lets one request probe, and closes when it succeeds', () => {
    const changes: boolean[] = [];
    const breaker = new Breaker(3, 1000, (open) => changes.push(open));
    breaker.failed(0);
    breaker.failed(0);
    breaker.succeeded();
    for (const at of [1, 2, 3]) {
      expect(breaker.allows(at)).toBe(true);
      breaker.failed(at);
    }
    expect(breaker.allows(1000)).toBe(false);
    expect(breaker.allows(1003)).toBe(true);
    expect(breaker.allows(1003)).toBe(false);
    breaker.failed(1003);
    expect(breaker.allows(2002)).toBe(false);
    expect(breaker.allows(2003)).toBe(true);
    breaker.unknown();
    expect(breaker.allows(2004)).toBe(true);
    breaker.succeeded();
    expect(breaker.allows(2004)).toBe(true);
    expect(breaker.allows(2004)).toBe(true);
    expect(changes).toEqual([true, false]);
  });
});
