import { toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import type { Statement } from '../plan/action.ts';
import type { Sides } from './sides.ts';

/** Runs statements one after the other, each in a transaction of its own. */
export async function runStatements(sides: Sides, statements: readonly Statement[]): Promise<void> {
  for (const { on, sql } of statements) await ask(sides[on].pool, sql);
}

/** Runs one statement; what the client throws becomes an error of ours. */
export async function ask<Row extends pg.QueryResultRow>(
  client: pg.Pool | pg.ClientBase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } catch (error) {
    throw toPostgresError(error);
  }
}
