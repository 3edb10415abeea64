import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from './connect.ts';
import { queryPrepared } from './prepared-statement.ts';
import { type TestDatabase, testDatabase } from './testing/test-database.ts';
import { withClient } from './transaction.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const prepared = `select count(*)::integer as count from pg_prepared_statements where name like 'banyan%'`;

test('a statement is prepared once per connection, and still runs when what it gives has changed or it was forgotten', async () => {
  const pool = connect(database.url, { max: 1 });
  await pool.query('create table things as select 1 as one');
  const things = () => withClient(pool, (client) => queryPrepared(pool, client, 'select * from things', []));
  const count = async () => (await pool.query(prepared)).rows[0].count;
  expect([await things(), await things()]).toEqual([[{ one: 1 }], [{ one: 1 }]]);
  expect(await count()).toBe(1);
  await pool.query('alter table things add column two integer default 2');
  expect(await things()).toEqual([{ one: 1, two: 2 }]);
  await pool.end();

  const again = connect(database.url, { max: 1 });
  const ones = () => withClient(again, (client) => queryPrepared(again, client, 'select 1 as one', []));
  expect(await ones()).toEqual([{ one: 1 }]);
  await again.query('deallocate all');
  expect([await ones(), await ones()]).toEqual([[{ one: 1 }], [{ one: 1 }]]);
  await again.end();
});
