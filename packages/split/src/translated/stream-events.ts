import type { InlineProjection } from '@banyan/postgres';
import type { EventCodec, RowChange } from '@banyan/runtime';

/** A fact that a change of a row means, and the stream that it belongs to. */
export interface StreamEvent {
  /** The stream's id: `stock-17`. */
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
  /** Version of the data's schema, from 1. Default 1. */
  readonly schemaVersion?: number;
}

/** For a service that keeps events: what changes of the source's rows mean there, and what makes its rows of events. */
export interface EventTranslation {
  /** The events that a change of a row means: none, one or several. Pure. A row of the copy is an insert. */
  readonly of: (change: RowChange) => readonly StreamEvent[];
  /** The service's own projections that make the target's tables; they are taken along with each append. */
  readonly inline: readonly InlineProjection[];
  /** Of the service's event store, as `prepareDatabase` has prepared it. Default `banyan`. */
  readonly schema?: string;
  /** The codec of the service's event store. */
  readonly codec?: EventCodec;
}
