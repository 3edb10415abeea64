import { Conflict, Invalid, Rejected } from '../errors/errors.ts';
import type { AppendOptions, ExpectedVersion, StreamAppend } from './event-store.ts';

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

const longestCommandId = 255;

/**
 * Checks what needs no store.
 * @throws Invalid `no-append`, `empty-append`, `stream-twice`, `expected-version` or `command-id`.
 */
export function checkAppends(appends: readonly StreamAppend[], { commandId }: AppendOptions = {}): void {
  if (commandId !== undefined && (commandId === '' || commandId.length > longestCommandId))
    throw new Invalid(
      'command-id',
      `A command id has 1 to ${longestCommandId} characters; one of ${commandId.length} was given.`,
    );
  if (appends.length === 0)
    throw new Invalid('no-append', 'An append needs at least one stream; none was given.');
  const seen = new Set<string>();
  for (const { streamId, events, expected } of appends) {
    if (events.length === 0)
      throw new Invalid('empty-append', `No event was given for stream ${streamId}; give at least one.`);
    if (seen.has(streamId))
      throw new Invalid(
        'stream-twice',
        `Stream ${streamId} is named twice in one append; put its events together.`,
      );
    checkExpected(streamId, expected);
    seen.add(streamId);
  }
}

/** @throws Invalid `expected-version` */
export function checkExpected(streamId: string, expected: ExpectedVersion): void {
  if (typeof expected !== 'number' || (Number.isSafeInteger(expected) && expected >= 0)) return;
  throw new Invalid(
    'expected-version',
    `Expected version ${expected} of ${streamId} is not a whole number from 0.`,
  );
}
