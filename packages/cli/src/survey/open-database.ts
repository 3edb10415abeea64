import { connect } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type { SurveyDatabase } from '@banyan/survey';

export interface OpenDatabase extends SurveyDatabase, AsyncDisposable {}

/**
 * One session for a survey. The server refuses whatever would write, and ends a statement that takes over 15 s or waits over a second for a
 * lock; when the session ends, however it ends, nothing of it is left.
 */
export async function openSurveyDatabase(url: string): Promise<OpenDatabase> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new Invalid(
      'database-url',
      '--database is no address of a PostgreSQL server; give postgres://USER:PASSWORD@HOST:PORT/DATABASE.',
    );
  const pool = connect(url, { max: 1, applicationName: 'banyan-survey' });
  try {
    const client = await pool.connect();
    // A session that is ended from outside is told by the next query.
    client.on('error', () => {});
    await client.query(
      `set default_transaction_read_only = on; set statement_timeout = '15s'; set lock_timeout = '1s'`,
    );
    return {
      query: async <Row>(sql: string, values: readonly unknown[] = []) =>
        (await client.query(sql, [...values])).rows as Row[],
      [Symbol.asyncDispose]: async () => {
        client.release(true);
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
