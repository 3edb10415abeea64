import { describe, expect, it } from 'vitest';
import { seeded } from '../simulation/seeded.ts';
import { addToShareTest, evidenceAbove, evidenceBelow, noShareTest, type ShareTest } from './share-test.ts';

/** Adds windows of ten with a share of events, looking after each; whether any look passed the line. */
function everBeyond(share: number, limit: number, seed: number, look: (test: ShareTest) => number): boolean {
  const random = seeded(seed);
  let test = noShareTest;
  for (let window = 0; window < 200; window++) {
    const events = Array.from({ length: 10 }, random).filter((draw) => draw < share).length;
    test = addToShareTest(test, { seen: 10, events }, limit);
    if (look(test) >= Math.log(20)) return true;
  }
  return false;
}

const runs = Array.from({ length: 400 }, (_, n) => n);

describe('a share beside a limit', () => {
  it('at the limit is called above it in at most one of twenty runs, looked at after every window', () => {
    expect(runs.filter((seed) => everBeyond(0.02, 0.02, seed, evidenceAbove)).length).toBeLessThan(20);
  });

  it('at the limit is called below it in at most one of twenty runs', () => {
    expect(runs.filter((seed) => everBeyond(0.02, 0.02, seed, evidenceBelow)).length).toBeLessThan(20);
  });

  it('well above or below the limit is found out', () => {
    expect(runs.filter((seed) => everBeyond(0.06, 0.02, seed, evidenceAbove)).length).toBeGreaterThan(390);
    expect(runs.filter((seed) => everBeyond(0.002, 0.02, seed, evidenceBelow)).length).toBeGreaterThan(390);
  });

  it('has a mean of at most 1 for both sides, computed over all outcomes', () => {
    for (const limit of [0.0002, 0.01, 0.3]) {
      let [above, below] = [0, 0];
      for (let events = 0; events <= 8; events++) {
        const test = addToShareTest(noShareTest, { seen: 8, events }, limit);
        const chance = binomial(8, events) * limit ** events * (1 - limit) ** (8 - events);
        above += chance * Math.exp(evidenceAbove(test));
        below += chance * Math.exp(evidenceBelow(test));
      }
      expect(above).toBeCloseTo(1, 6);
      expect(below).toBeCloseTo(1, 6);
    }
  });

  it('says nothing without data', () => {
    const test = addToShareTest(noShareTest, { seen: 0, events: 0 }, 0.1);
    expect([evidenceAbove(test), evidenceBelow(test)].map((log) => Math.exp(log))).toEqual([
      expect.closeTo(1),
      expect.closeTo(1),
    ]);
  });
});

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k;
}
