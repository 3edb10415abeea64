import { expect, test } from 'vitest';
import { describeVerify } from './verify-progress.ts';

test.each([
  [{ compared: 0, resumed: 0, totalRows: 5_000_000 }, 0, '0 of about 5,000,000 rows compared'],
  [
    { compared: 1_000, resumed: 0, totalRows: 5_000 },
    2_000,
    '1,000 of about 5,000 rows compared, about 8 s left',
  ],
  // The speed is that of this process, and not of the one that was interrupted.
  [
    { compared: 4_000, resumed: 3_000, totalRows: 5_000 },
    2_000,
    '4,000 of about 5,000 rows compared, about 2 s left',
  ],
  // Statistics may be old.
  [{ compared: 6_000, resumed: 0, totalRows: 5_000 }, 2_000, '6,000 of about 6,000 rows compared'],
])('a comparison tells how far it is: %j after %i ms', (progress, elapsedMs, text) => {
  expect(describeVerify(progress, elapsedMs)).toBe(text);
});
