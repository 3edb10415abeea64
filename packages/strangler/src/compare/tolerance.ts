import type { Tolerance } from './json-path.ts';

/** Whether a tolerance can be used: not negative, a number or per cent. */
export function isTolerance(value: unknown): value is Tolerance {
  if (typeof value === 'number') return value >= 0;
  return typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value);
}

/** Whether two numbers are as near to each other as they must be. */
export function withinTolerance(owner: unknown, candidate: unknown, most: Tolerance | undefined): boolean {
  if (most === undefined || typeof owner !== 'number' || typeof candidate !== 'number') return false;
  const off = Math.abs(owner - candidate);
  // What can't be written exactly in binary must not be what decides.
  const rounding = Number.EPSILON * 4 * Math.max(Math.abs(owner), Math.abs(candidate));
  const allowed = typeof most === 'number' ? most : (Math.abs(owner) * Number.parseFloat(most)) / 100;
  return off <= allowed + rounding;
}
