import { Invalid } from '../errors/errors.ts';
import type { ReadOptions } from './feed.ts';

const highestPosition = 2n ** 63n - 1n;

/** @throws Invalid `read-options` when the position or the limit can not be one. */
export function checkReadOptions({ after, limit = 1 }: ReadOptions): void {
  if (typeof after !== 'bigint' || after < 0n || after > highestPosition)
    throw new Invalid(
      'read-options',
      `A feed is read after a position, a bigint from 0n to ${highestPosition}n; ${String(after)} was given.`,
    );
  if (!(Number.isSafeInteger(limit) && limit >= 1))
    throw new Invalid('read-options', `A batch has a whole number of entries from 1, not ${limit}.`);
}
