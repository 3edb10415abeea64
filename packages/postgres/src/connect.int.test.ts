import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { testDatabase } from './testing/test-database.ts';

test('a connection that is cut while it is lent ends no process, and the next statement says so', async () => {
  await using database = await testDatabase();
  const pool = connect(database.url);
  const client = await pool.connect();
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const ended = new Promise<void>((resolve) => {
    client.once('end', () => resolve());
  });
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
  await ended;
  await expect(client.query('select 1')).rejects.toThrow();
  client.release(true);
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});
