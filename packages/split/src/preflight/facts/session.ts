import { connect } from '@banyan/postgres';
import type pg from 'pg';

/** Asks one query after the other in one snapshot. */
export type Ask = <Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * Reads a catalogue in one snapshot that can hurt nobody: the server refuses to write, ends a statement after 15 s, and a lock is waited for
 * one second. The empty search path makes the server write every name in full.
 */
export async function readCatalogue<Result>(
  pool: pg.Pool,
  read: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query(
      `begin transaction isolation level repeatable read read only;
       set local statement_timeout = '15s'; set local lock_timeout = '1s'; set local search_path = ''`,
    );
    const result = await read(async (sql, values = []) => (await client.query(sql, [...values])).rows);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // Whatever state the session is in, nobody gets it again.
    client.release(true);
    throw error;
  }
}

/** Runs work over a pool of its own. */
export async function withPool<Result>(
  url: string,
  work: (pool: pg.Pool) => Promise<Result>,
): Promise<Result> {
  const pool = connect(url, { max: 2, applicationName: 'banyan-preflight' });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
