import { Invalid, NotFound, Terminal } from '../errors/errors.ts';
import type { RetentionPolicy } from './event-removal.ts';

/** The error of reading a stream from before what was removed of it. */
export function streamEventsRemoved(streamId: string, from: number, removedTo: number): NotFound {
  return new NotFound(
    'stream-events-removed',
    `Events ${from} to ${removedTo} of stream ${streamId} were removed: read it from version ${removedTo + 1}, or begin with a snapshot of version ${removedTo} or later.`,
    { details: { streamId, from, removedTo } },
  );
}

/** The error of reading a feed from before what was removed of it. */
export function feedEventsRemoved(after: bigint, removedTo: bigint): Terminal {
  return new Terminal(
    'feed-events-removed',
    `Events between positions ${after} and ${removedTo} were removed, so a reader after ${after} would not see all of them: read on with what is left by saying removed: 'skip' (--skip-removed on the command line), or begin after ${removedTo}.`,
    { details: { after: String(after), removedTo: String(removedTo) } },
  );
}

/** The error of closing a stream that never had an event. */
export function streamUnknown(streamId: string): NotFound {
  return new NotFound('stream-unknown', `There is no stream ${streamId}: check its id.`, {
    details: { streamId },
  });
}

/**
 * Checks a policy.
 * @throws Invalid `retention-policy` when it has neither an age nor a time after closing, or one that is no length of time.
 */
export function checkRetention({ olderThanMs, closedForMs, categories }: RetentionPolicy): void {
  const wrong = (sentence: string) => new Invalid('retention-policy', sentence);
  if (olderThanMs === undefined && closedForMs === undefined)
    throw wrong(
      'A retention policy that names neither an age nor a time after closing would remove everything: give olderThanMs or closedForMs.',
    );
  for (const [name, value] of Object.entries({ olderThanMs, closedForMs }))
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      throw wrong(`${name} is ${value}; give milliseconds from 0.`);
  if (categories?.length === 0) throw wrong('An empty list of categories fits no stream: leave it out.');
}
