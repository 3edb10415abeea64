import { randomUUID } from 'node:crypto';
import { type Event, metadataAfter, type RecordedEvent } from '../message/message.ts';

/** Events that carry the given labels as data, each a chain of its own. */
export function sampleEvents(...labels: readonly string[]): Event[] {
  return labels.map((label) => ({
    type: 'Sampled',
    data: { label },
    schemaVersion: 1,
    metadata: metadataAfter(undefined),
  }));
}

/** The label of an event that `sampleEvents` made. */
export function labelOf(event: Pick<RecordedEvent, 'data'>): string {
  return (event.data as { readonly label: string }).label;
}

/** A name that no other test has used. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}
