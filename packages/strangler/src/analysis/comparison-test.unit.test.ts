import { describe, expect, it } from 'vitest';
import { seeded } from '../simulation/seeded.ts';
import { addToComparison, evidenceWorse, noComparisonTest } from './comparison-test.ts';

const runs = Array.from({ length: 300 }, (_, n) => n);

/** Windows in which the owner's rate jumps about; whether any look found the candidate worse. */
function everWorse(odds: number, seed: number): boolean {
  const random = seeded(seed);
  const count = (seen: number, share: number) =>
    Array.from({ length: seen }, random).filter((draw) => draw < share).length;
  let test = noComparisonTest;
  for (let window = 0; window < 150; window++) {
    const rate = random() < 0.1 ? 0.5 : 0.02;
    const worse = (rate * odds) / (1 - rate + rate * odds);
    test = addToComparison(
      test,
      { owner: { seen: 30, events: count(30, rate) }, candidate: { seen: 10, events: count(10, worse) } },
      1,
    );
    if (evidenceWorse(test) >= Math.log(20)) return true;
  }
  return false;
}

describe('a comparison of two sides', () => {
  it('does not blame the candidate for what happens to both', () => {
    expect(runs.filter((seed) => everWorse(1, seed)).length).toBeLessThan(15);
  });

  it('finds a candidate that fails three times as easily', () => {
    expect(runs.filter((seed) => everWorse(3, seed)).length).toBeGreaterThan(290);
  });

  it('has a mean of 1 where both sides are equal, computed over all outcomes', () => {
    const [candidate, owner, events] = [6, 9, 5];
    let mean = 0;
    let total = 0;
    for (let k = 0; k <= events; k++) {
      const ways = choose(candidate, k) * choose(owner, events - k);
      const pair = {
        owner: { seen: owner, events: events - k },
        candidate: { seen: candidate, events: k },
      };
      mean += ways * Math.exp(evidenceWorse(addToComparison(noComparisonTest, pair, 1)));
      total += ways;
    }
    expect(mean / total).toBeCloseTo(1, 9);
  });

  it('says nothing where one side has no requests or nothing happened', () => {
    const none = { seen: 0, events: 0 };
    const some = { seen: 10, events: 3 };
    for (const pair of [
      { owner: none, candidate: some },
      { owner: some, candidate: none },
      { owner: { seen: 5, events: 0 }, candidate: { seen: 5, events: 0 } },
    ]) {
      expect(Math.exp(evidenceWorse(addToComparison(noComparisonTest, pair, 1)))).toBeCloseTo(1);
    }
  });
});

function choose(n: number, k: number): number {
  if (k > n) return 0;
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
}
