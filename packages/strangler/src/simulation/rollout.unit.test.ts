import { describe, expect, it } from 'vitest';
import { canaryOnly, simulateRollout, withShadow } from './rollout.ts';
import { scenarios } from './scenarios.ts';

const seeds = Array.from({ length: 8 }, (_, n) => n + 1);

describe.each([
  ['compared first', withShadow],
  ['canary only', canaryOnly],
])('a rollout, %s', (_name, plan) => {
  it.each(scenarios.filter(({ correct }) => correct))(
    'takes everybody to a candidate that is $name',
    (one) => {
      const endings = seeds.map((seed) => ({ seed, ...simulateRollout(one, plan, seed) }));
      expect(endings.filter(({ decision }) => decision !== 'advanced')).toEqual([]);
    },
  );

  it.each(scenarios.filter(({ correct }) => !correct))(
    'takes back one with $name before 5 % of the users saw it',
    (one) => {
      const endings = seeds.map((seed) => ({ seed, ...simulateRollout(one, plan, seed) }));
      expect(endings.filter(({ decision }) => decision !== 'rolled back')).toEqual([]);
      expect(endings.filter(({ answered }) => answered >= 0.05)).toEqual([]);
    },
  );
});
