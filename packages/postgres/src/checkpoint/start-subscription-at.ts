import { Conflict } from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { defaultSchema } from '../prepare-database.ts';
import { inTransaction } from '../transaction.ts';
import { checkpointStatements } from './checkpoint-statements.ts';

/** Which subscription starts, and where. */
export interface StartAt {
  readonly name: string;
  /** What comes after this position is handled; what came before was taken care of otherwise. */
  readonly position: bigint;
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
}

/**
 * Lets a subscription run that is stopped, from a position on: in one statement, so that none of its readers ever sees it running at
 * the beginning.
 * @throws Conflict `subscription-running`
 */
export async function startSubscriptionAt(
  pool: pg.Pool,
  { name, position, schema = defaultSchema }: StartAt,
): Promise<void> {
  const sql = checkpointStatements(schema, 60_000);
  try {
    await inTransaction(pool, async (client) => {
      await client.query(sql.create, [name, 'stopped']);
      const started = await client.query(sql.startAt, [name, position.toString()]);
      if (started.rowCount === 1) return;
      throw new Conflict(
        'subscription-running',
        `The subscription ${name} runs already: stop it before it is put to another position.`,
      );
    });
  } catch (error) {
    throw toPostgresError(error);
  }
}
