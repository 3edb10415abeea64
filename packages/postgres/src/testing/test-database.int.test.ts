import pg from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from './test-database.ts';

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

test('a disposed test database is gone, with its open connections and replication slots', async () => {
  const database = await testDatabase();
  const client = await connected(database.url);
  const slot = `slot_${database.name}`;
  await client.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slot]);
  await database[Symbol.asyncDispose]();

  await using other = await testDatabase();
  const observer = await connected(other.url);
  const left = await observer.query(
    `select 1 from pg_database where datname = $1
     union all select 1 from pg_replication_slots where slot_name = $2`,
    [database.name, slot],
  );
  expect(left.rowCount).toBe(0);
  await observer.end();
});

test('the server of tests can decode its log', async () => {
  await using database = await testDatabase();
  const client = await connected(database.url);
  const level = await client.query('show wal_level');
  expect(level.rows).toEqual([{ wal_level: 'logical' }]);
  await client.end();
});
