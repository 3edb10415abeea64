import type { Metadata, RecordedEvent } from '@banyan/runtime';
import { secondsOf, timeFrom } from '../time-column.ts';

/** The columns that make a recorded event. */
export const eventColumns = `e.position, e.stream_id, e.version, e.type, e.schema_version, e.data, e.metadata,
  ${secondsOf('e.recorded_at')} as recorded_at`;

/** A row of the events table. */
export interface EventRow {
  readonly position: string;
  readonly stream_id: string;
  readonly version: number;
  readonly type: string;
  readonly schema_version: number;
  readonly data: unknown;
  readonly metadata: Metadata;
  readonly recorded_at: number;
}

/** A row of a page, see `eventPage`. */
export interface PageRow extends EventRow {
  readonly read_bytes: string;
}

/** A row as the runtime knows it. */
export function recordedEvent(row: EventRow): RecordedEvent {
  return {
    position: BigInt(row.position),
    streamId: row.stream_id,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version,
    data: row.data,
    metadata: row.metadata,
    recordedAt: timeFrom(row.recorded_at),
  };
}
