import {
  checkStreamRange,
  type EventCodec,
  highestVersion,
  type RecordedEvent,
  type StreamRange,
  streamEventsRemoved,
} from '@banyan/runtime';
import { decodeRows } from './coded-events.ts';
import type { GroupRead, StreamPage } from './group-read.ts';

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
  let page: StreamPage | undefined;
  while (next <= to) {
    const versions = { from: next, to };
    page = await (page === undefined
      ? reads.read(streamId, versions)
      : reads.readAlone(streamId, versions, page.full));
    // Also when it was removed since the page before.
    if (next <= page.removedTo) throw streamEventsRemoved(streamId, next, page.removedTo);
    yield* await decodeRows(codec, page.rows);
    if (page.atEnd) return;
    next += page.rows.length;
  }
}
