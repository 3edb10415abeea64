import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { runUnlogged } from './run-unlogged.ts';

test('a password stands in no log and in no count, whether its statement succeeds or fails', async () => {
  await using database = await testDatabase();
  const secret = `secret ${database.name}`;
  const first = connect(database.url);
  await first.query(`alter database ${database.name} set log_statement = 'all'`);
  await first.query(`alter database ${database.name} set log_min_duration_statement = 0`);
  await first.end();
  const pool = connect(database.url);
  try {
    await pool.query(`create extension pg_stat_statements; create extension postgres_fdw;
      create server other foreign data wrapper postgres_fdw`);
    const sql = `create user mapping for public server other options (user 'one', password '${secret}')`;
    await runUnlogged(pool, sql);
    await expect(runUnlogged(pool, sql)).rejects.toThrow(/user mapping for "public" already exists/);
    const { rows } = await pool.query(`
      select strpos(log, 'create server ' || 'other') > 0 as is_log, strpos(log, 'secret ' || current_database()) > 0 as in_log,
        exists (select from pg_stat_statements where strpos(query, 'secret ' || current_database()) > 0) as in_counts
      from pg_read_file(pg_current_logfile()) log`);
    expect(rows).toEqual([{ is_log: true, in_log: false, in_counts: false }]);
  } finally {
    await pool.end();
  }
});
