import type { PostgresEventStore } from '@banyan/postgres';
import { metadataAfter, type StreamAppend } from '@banyan/runtime';
import type pg from 'pg';
import type { StreamEvent } from './stream-events.ts';

/** How many events are appended at once. */
const most = 1_000;

/**
 * Appends events in the transaction at once, in the order in which they are given.
 * @param isNew Whether a stream must not be there yet.
 * @returns How many events each stream got.
 */
export async function appendInOrder(
  store: PostgresEventStore,
  tx: pg.PoolClient,
  events: readonly StreamEvent[],
  isNew: (stream: string) => boolean,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const run of runs(events)) {
    const appends = run.map(([stream, its]): StreamAppend => {
      const expected = isNew(stream) && !counts.has(stream) ? 'absent' : 'any';
      return {
        streamId: stream,
        expected,
        events: its.map(({ type, data, schemaVersion = 1 }) => ({
          type,
          data,
          schemaVersion,
          metadata: metadataAfter(undefined),
        })),
      };
    });
    await store.appendAtOnce(tx, appends);
    for (const [stream, its] of run) counts.set(stream, (counts.get(stream) ?? 0) + its.length);
  }
  return counts;
}

/** Parts in which each stream has its events in one piece: put together they are in the order that was given. Pure. */
export function runs(events: readonly StreamEvent[]): (readonly [string, readonly StreamEvent[]])[][] {
  const all: [string, StreamEvent[]][][] = [];
  let run: [string, StreamEvent[]][] = [];
  let streams = new Set<string>();
  let size = 0;
  for (const event of events) {
    const last = run.at(-1);
    const goesOn = last !== undefined && last[0] === event.stream;
    if (run.length === 0 || size === most || (!goesOn && streams.has(event.stream))) {
      run = [[event.stream, [event]]];
      streams = new Set([event.stream]);
      size = 1;
      all.push(run);
      continue;
    }
    if (goesOn) last[1].push(event);
    else run.push([event.stream, [event]]);
    streams.add(event.stream);
    size += 1;
  }
  return all;
}
