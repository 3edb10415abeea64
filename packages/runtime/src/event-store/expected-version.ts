import { Conflict, Invalid, Rejected } from '../errors/errors.ts';
import type { ExpectedVersion } from './event-store.ts';

/** Whether a stream at `version` (0: no event yet) is where the writer believes it to be. */
export function holdsAt(expected: ExpectedVersion, version: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'absent') return version === 0;
  if (expected === 'present') return version > 0;
  return expected === version;
}

/** The error of an append whose expectation does not hold. */
export function streamConflict(streamId: string, expected: ExpectedVersion, actual: number): Conflict {
  return new Conflict(
    'stream-conflict',
    `Stream ${streamId} is at version ${actual}, but ${expected} was expected. Load it again and decide again.`,
    { details: { streamId, expected, actual } },
  );
}

/** The error of an append to a stream that was closed. */
export function streamClosed(streamId: string, version: number): Rejected {
  return new Rejected(
    'stream-closed',
    `Stream ${streamId} was closed at version ${version} and takes no more events: begin another stream.`,
    { details: { streamId, version } },
  );
}

/** Versions are whole numbers up to here. */
export const highestVersion = 2 ** 31 - 1;

const named: readonly ExpectedVersion[] = ['any', 'absent', 'present'];

/** @throws Invalid `expected-version` */
export function checkExpected(streamId: string, expected: ExpectedVersion): void {
  const fits =
    typeof expected === 'number'
      ? Number.isInteger(expected) && expected >= 0 && expected <= highestVersion
      : named.includes(expected);
  if (fits) return;
  throw new Invalid(
    'expected-version',
    `Expected version ${expected} of ${streamId} is neither a whole number from 0 to ${highestVersion} nor any, absent or present.`,
  );
}
