import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

describe('Histogram', () => {
  it('gives quantiles that are at most 8 % too high and never too low', () => {
    const durations = fc.array(fc.double({ min: 0.05, max: 60_000, noNaN: true }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99, 1), (values, part) => {
        const histogram = new Histogram();
        for (const value of values) histogram.add(value);
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(values.length * part) - 1]!;
        expect(histogram.quantile(part)).toBeGreaterThanOrEqual(exact * 0.999999);
        expect(histogram.quantile(part)).toBeLessThanOrEqual(exact * 1.080001);
        expect(histogram.max).toBe(sorted.at(-1));
      }),
    );
  });

  it('is 0 where nothing happened', () => {
    expect(new Histogram().quantile(0.99)).toBe(0);
  });
});
