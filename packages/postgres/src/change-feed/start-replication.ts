import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import type { ChangeFeedOptions } from './change-feed.ts';
import { publicationMissing } from './check-publication.ts';
import { slotInUse, slotLost, slotMissing } from './check-slot.ts';
import { connectionLost, type ReplicationConnection } from './replication-connection.ts';

/**
 * Has the server send its log from where the slot is confirmed, and tells why it ended. The slot's place and not the
 * reader's is asked for, because the server leaves out a transaction whose commit record begins before the place.
 */
export function startReplication(
  { client }: ReplicationConnection,
  { slot, publication }: ChangeFeedOptions,
  onEnd: (error: Error) => void,
): void {
  client.on('error', (error) => onEnd(connectionLost(error)));
  client.on('end', () => onEnd(connectionLost()));
  // PostgreSQL 18 goes on without a publication that was not there when a change was made, and only warns.
  client.on('notice', ({ message }) => {
    if (message?.includes(`"${publication}"`)) onEnd(publicationMissing(publication));
  });
  const start =
    `START_REPLICATION SLOT ${quoteIdentifier(slot)} LOGICAL 0/0 ` +
    `(proto_version '1', publication_names '${quoteIdentifier(publication)}', messages 'true')`;
  // It answers only when the reading ends.
  client.query(start).then(
    () => onEnd(connectionLost()),
    (error: unknown) => onEnd(readingFailed(error, slot, publication)),
  );
}

function readingFailed(caught: unknown, slot: string, publication: string): Error {
  const { code, message = '' } = caught as { code?: string; message?: string };
  if (code === '55006') return slotInUse(slot);
  if (code === '55000' && message.includes(slot)) return slotLost(slot, null, caught);
  if (code === '42704' && message.includes('publication')) return publicationMissing(publication);
  return code === '42704' ? slotMissing(slot, caught) : toPostgresError(caught);
}
