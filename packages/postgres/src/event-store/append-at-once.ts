import { type AppendResult, Invalid, type StreamAppend } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { type AppendRow, decodeOutcome, encodeAppend } from './append-batch.ts';
import { InlineFailure, type InlineProjections } from './inline-projections.ts';

/**
 * Appends within a transaction of the caller, which has the lock of the log from then on. See `PostgresEventStore.appendAtOnce`.
 * @throws Conflict `stream-conflict`; Rejected `stream-closed`; Invalid `isolation-level`; what an inline projection throws
 */
export async function appendAtOnce(
  client: pg.PoolClient,
  schema: string,
  appends: readonly StreamAppend[],
  inline: InlineProjections | undefined,
): Promise<AppendResult> {
  const text = `select * from ${quoteIdentifier(schema)}.append($1::jsonb, null)`;
  try {
    const { rows } = await client.query<AppendRow>(text, [`[[${encodeAppend(appends)}]]`]);
    const result = decodeOutcome(appends, rows);
    const events = appends.reduce((sum, one) => sum + one.events.length, 0);
    // Nobody else takes a position between.
    await inline?.take(client, result.position - BigInt(events) + 1n, result.position);
    return result;
  } catch (caught) {
    if (caught instanceof InlineFailure) throw caught.reason;
    const error = toPostgresError(caught);
    throw error.code === 'postgres-25001'
      ? otherIsolation(error)
      : error.code === 'unexpected'
        ? caught
        : error;
  }
}

function otherIsolation(cause: unknown): Invalid {
  return new Invalid(
    'isolation-level',
    'Events can only be appended at once in a transaction that sees what others commit: begin it with isolation level read committed.',
    { cause },
  );
}
