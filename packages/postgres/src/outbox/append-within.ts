import { type AppendOptions, checkAppends, Invalid, type StreamAppend, streamClosed } from '@banyan/runtime';
import { toPostgresError } from '../errors.ts';
import { encodeAppend } from '../event-store/append-batch.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import type { SqlTransaction } from './sql-transaction.ts';

interface ClosedRow {
  readonly stream_id: string;
  readonly version: number;
}

/** @throws Invalid `expected-in-transaction`, and what `checkAppends` throws */
export function checkAppendWithin(appends: readonly StreamAppend[], options: AppendOptions = {}): void {
  checkAppends(appends, options);
  for (const { streamId, expected } of appends) {
    if (expected === 'any') continue;
    throw new Invalid(
      'expected-in-transaction',
      `An append within a transaction can expect nothing of ${streamId}, but ${expected} was given: expect any, or append outside.`,
    );
  }
}

/** Puts appends into the outbox within a transaction of the caller. See `PostgresEventStore.appendWithin`. */
export async function appendWithin(
  transaction: SqlTransaction,
  schema: string,
  appends: readonly StreamAppend[],
  options: AppendOptions = {},
): Promise<void> {
  const text = `select * from ${quoteIdentifier(schema)}.append_within($1::jsonb, $2::text)`;
  const result = await query(transaction, text, [`[${encodeAppend(appends)}]`, options.commandId ?? null]);
  const [closed] = rowsOf(result);
  if (closed !== undefined) throw streamClosed(closed.stream_id, closed.version);
}

async function query(transaction: SqlTransaction, text: string, values: unknown[]): Promise<unknown> {
  try {
    return await transaction.query(text, values);
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** Some libraries give the rows themselves. */
function rowsOf(result: unknown): readonly ClosedRow[] {
  return (Array.isArray(result) ? result : (result as { rows: ClosedRow[] }).rows) as ClosedRow[];
}
