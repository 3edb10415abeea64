import { expect, test } from 'vitest';
import { overload } from './source-load.ts';

const limits = { sessions: 20, probeMs: 250, standbyLagMs: 10_000 };
const load = { sessions: 20, probeMs: 250, standbyLagMs: 10_000, keptShare: 0.5 };

test.each([
  [load, undefined],
  [{ ...load, sessions: 21 }, /^21 sessions are at work at the source, more than 20$/],
  [{ ...load, probeMs: 251 }, /took 251 ms to answer/],
  [{ ...load, standbyLagMs: 10_001 }, /a standby of the source is 10001 ms behind/],
  // To pause would cost the whole copy.
  [{ ...load, sessions: 1_000, keptShare: 0.51 }, undefined],
])('a copy pauses where the source bears more than a limit: %j', (found, why) => {
  const told = overload(found, limits);
  if (why === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(why);
});
