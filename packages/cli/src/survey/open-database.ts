import { connect, isPooled } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type { SurveyDatabase } from '@banyan/survey';

export interface OpenDatabase extends SurveyDatabase, AsyncDisposable {}

/** Set for each transaction: what is set for a session would stay behind in those that a pooler lends to others. */
const beginSql = `begin read only; set local statement_timeout = '15s'; set local lock_timeout = '1s'`;
/** Longer than the server lets a statement run: the network has swallowed it. */
const answerMs = 30_000;

/**
 * One session for a survey. The server refuses whatever would write, and ends a statement that takes over 15 s or waits over a second for a
 * lock; when the session ends, however it ends, nothing of it is left.
 */
export async function openSurveyDatabase(url: string): Promise<OpenDatabase> {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new Invalid(
      'database-url',
      '--database is no address of a PostgreSQL server; give postgres://USER:PASSWORD@HOST:PORT/DATABASE. Signs such as @, : and / in a password are written as %40, %3A and %2F.',
    );
  const pool = connect(url, { max: 1, applicationName: 'banyan-survey' });
  try {
    const client = await pool.connect();
    // A session that is ended from outside is told by the next query.
    client.on('error', () => {});
    const ask = (text: string, values: readonly unknown[] = []) => {
      const query = { text, values: [...values], query_timeout: answerMs };
      return client.query(query);
    };
    return {
      isPooled: await isPooled(client),
      query: async <Row>(sql: string, values?: readonly unknown[]) => {
        await ask(beginSql);
        try {
          return (await ask(sql, values)).rows as Row[];
        } finally {
          // The session may be gone.
          await ask('rollback').catch(() => {});
        }
      },
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
