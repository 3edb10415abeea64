import {
  type DeadLetter,
  type DeadLetterStore,
  deadLettersFull,
  defaultDeadLetterLimit,
  entryText,
  parseEntry,
  reasonOf,
} from '@banyan/runtime';
import type pg from 'pg';
import { defaultSchema } from '../prepare-database.ts';
import { timeFrom } from '../time-column.ts';
import { inReadCommitted } from '../transaction.ts';
import { deadLetterStatements } from './dead-letter-statements.ts';

/** Where the dead letters lie, and how many there may be. */
export interface PostgresDeadLetterStoreOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
  /** Letters of one subscription at most, default 1000. */
  readonly limit?: number;
}

interface LetterRow {
  readonly subscription: string;
  readonly position: string;
  readonly stream_id: string | null;
  readonly entry: string;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
  readonly failed_at: number;
  readonly redrive_wanted: boolean;
}

/** Dead letters in the database of the checkpoints, committed together with them. */
export function postgresDeadLetterStore(
  pool: pg.Pool,
  options: PostgresDeadLetterStoreOptions = {},
): DeadLetterStore<pg.PoolClient> {
  const { schema = defaultSchema, limit: most = defaultDeadLetterLimit } = options;
  const sql = deadLetterStatements(schema);
  const query = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) =>
    inReadCommitted(pool, (client) => client.query<Row>(text, [...values]));
  return {
    async add(tx, { subscription, position, streamId, entry, code, reason, attempts }) {
      const letter = [subscription, position.toString(), streamId ?? null, entryText(entry), code];
      const added = await tx.query(sql.add, [...letter, reasonOf(reason), attempts, most]);
      if (added.rowCount === 0) throw deadLettersFull(subscription, most);
    },
    async remove(tx, subscription, position) {
      return (await tx.query(sql.remove, [subscription, position?.toString() ?? null])).rowCount ?? 0;
    },
    async list(subscription, { after = 0n, limit = 100, redriveWanted = false } = {}) {
      const values = [subscription, after.toString(), limit];
      return (await query<LetterRow>(sql.list(redriveWanted), values)).rows.map(letterOf);
    },
    async count(subscription) {
      return (await query<{ count: number }>(sql.count, [subscription])).rows[0]!.count;
    },
    async wantRedrive(subscription, position) {
      return (await query(sql.wantRedrive, [subscription, position?.toString() ?? null])).rowCount ?? 0;
    },
    async failedAgain(subscription, position, { code, message }) {
      await query(sql.failedAgain, [subscription, position.toString(), code, reasonOf(message)]);
    },
  };
}

function letterOf(row: LetterRow): DeadLetter {
  return {
    subscription: row.subscription,
    position: BigInt(row.position),
    ...(row.stream_id === null ? {} : { streamId: row.stream_id }),
    entry: parseEntry(row.entry),
    code: row.code,
    reason: row.reason,
    attempts: row.attempts,
    at: timeFrom(row.failed_at),
    redriveWanted: row.redrive_wanted,
  };
}
