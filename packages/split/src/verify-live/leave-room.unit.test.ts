import { expect, test } from 'vitest';
import { restMs } from './leave-room.ts';

test.each([
  [100, 0.25, 300],
  [100, 0.5, 100],
  [100, 1, 0],
  // A range that took minutes is a sick server; it is looked at again soon.
  [60_000, 0.01, 30_000],
])('after %d ms of work for a share of %d it rests %d ms', (took, share, rest) => {
  expect(restMs(took, share)).toBe(rest);
});
