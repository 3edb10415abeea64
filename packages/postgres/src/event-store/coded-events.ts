import {
  type Event,
  type EventCodec,
  eventNotDecoded,
  eventNotEncoded,
  type RecordedEvent,
  type StreamAppend,
} from '@banyan/runtime';
import { type EventRow, recordedEvent } from './recorded-event.ts';

/** Appends with what their events are kept as. */
export async function encodeEvents(
  codec: EventCodec,
  appends: readonly StreamAppend[],
): Promise<readonly StreamAppend[]> {
  const encodeOne = async (event: Event, streamId: string): Promise<Event> => {
    try {
      return { ...event, data: await codec.encode(event, streamId) };
    } catch (error) {
      throw eventNotEncoded(event, streamId, error);
    }
  };
  return Promise.all(
    appends.map(async (append) => ({
      ...append,
      events: await Promise.all(append.events.map((event) => encodeOne(event, append.streamId))),
    })),
  );
}

/** The events that rows are kept for. */
export async function decodeRows(
  codec: EventCodec | undefined,
  rows: readonly EventRow[],
): Promise<readonly RecordedEvent[]> {
  const events = rows.map(recordedEvent);
  if (codec === undefined) return events;
  return Promise.all(
    events.map(async (event) => {
      try {
        return { ...event, data: await codec.decode(event) };
      } catch (error) {
        throw eventNotDecoded(event, error);
      }
    }),
  );
}
