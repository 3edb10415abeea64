import { inTransaction, toPostgresError } from '@banyan/postgres';
import type pg from 'pg';

/** What a server writes down of statements. Some may be set by superusers only. */
const settings = {
  log_statement: 'none',
  log_duration: 'off',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_min_error_statement: 'panic',
  'pg_stat_statements.track_utility': 'off',
};

const quietSql = Object.entries(settings)
  .map(
    ([name, value]) =>
      `begin perform set_config('${name}', '${value}', true); exception when others then null; end;`,
  )
  .join('\n');

/** An error's own context would have the statement. */
const runSql = `do $$ begin
  begin execute current_setting('banyan.statement');
  exception when others then raise exception using errcode = sqlstate, message = sqlerrm; end;
end $$`;

/**
 * Runs a statement that has a password in it, so that it stands neither in the server's log, nor in what it counts, nor in what others
 * see of this session.
 */
export async function runUnlogged(pool: pg.Pool, sql: string): Promise<void> {
  try {
    await inTransaction(pool, async (client) => {
      await client.query(`do $$ begin ${quietSql} end $$`);
      await client.query(`select set_config('banyan.statement', $1, true)`, [sql]);
      await client.query(runSql);
    });
  } catch (error) {
    throw toPostgresError(error);
  }
}
