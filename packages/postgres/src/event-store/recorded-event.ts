import type { Metadata, RecordedEvent } from '@banyan/runtime';

/** The columns that make a recorded event. */
export const eventColumns = 'position, stream_id, version, type, schema_version, data, metadata, recorded_at';

/** A row of the events table. */
export interface EventRow {
  readonly position: string;
  readonly stream_id: string;
  readonly version: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: unknown;
  readonly metadata: Metadata;
  readonly recorded_at: Date;
}

/** A row as the runtime knows it. */
export function recordedEvent(row: EventRow): RecordedEvent {
  return {
    position: BigInt(row.position),
    streamId: row.stream_id,
    version: Number(row.version),
    type: row.type,
    schemaVersion: row.schema_version,
    data: row.data,
    metadata: row.metadata,
    recordedAt: row.recorded_at,
  };
}
