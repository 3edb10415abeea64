import {
  checkStreamRange,
  type EventCodec,
  highestVersion,
  type RecordedEvent,
  type StreamRange,
  streamEventsRemoved,
} from '@banyan/runtime';
import { decodeRows } from './coded-events.ts';
import { alonePage, type FoundRow, type GroupRead, groupPage } from './group-read.ts';
import type { EventRow } from './recorded-event.ts';

/** The events of a stream in order, page by page. See `EventStore.readStream`. */
export async function* readStream(
  reads: GroupRead,
  streamId: string,
  range: StreamRange = {},
  codec?: EventCodec,
): AsyncGenerator<RecordedEvent> {
  checkStreamRange(streamId, range);
  const { from = 1 } = range;
  const to = Math.min(range.to ?? highestVersion, highestVersion);
  let next = from;
  while (next <= to) {
    const versions = { from: next, to };
    const alone = next > from;
    const found = await (alone ? reads.readAlone(streamId, versions) : reads.read(streamId, versions));
    const removedTo = found[0]?.removed_to ?? 0;
    // Also when it was removed since the page before.
    if (next <= removedTo) throw streamEventsRemoved(streamId, next, removedTo);
    const rows = found.filter(isEvent);
    yield* await decodeRows(codec, rows);
    if (rows.length < (alone ? alonePage : groupPage)) return;
    next += rows.length;
  }
}

const isEvent = (row: FoundRow): row is FoundRow & EventRow => row.position !== null;
