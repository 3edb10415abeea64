import { expect, test } from 'vitest';
import { connect } from './connect.ts';
import { postgresEventStore } from './event-store/postgres-event-store.ts';
import { prepareDatabase } from './prepare-database.ts';
import { testDatabase } from './testing/test-database.ts';

test('many processes may prepare a database at once, and again', async () => {
  await using database = await testDatabase();
  const pools = [1, 2, 3, 4].map(() => connect(database.url));
  await Promise.all(pools.map((pool) => prepareDatabase(pool)));
  await prepareDatabase(pools[0]!);
  const { rows } = await pools[0]!.query('select number from banyan.migrations order by number');
  expect(rows).toEqual(rows.map((_, index) => ({ number: index + 1 })));
  await Promise.all(pools.map((pool) => pool.end()));
});

test('logs in schemas of any name stand side by side', async () => {
  await using database = await testDatabase();
  const pool = connect(database.url);
  const schema = `it's a "schema"\\`;
  await Promise.all([prepareDatabase(pool), prepareDatabase(pool, { schema })]);
  const event = {
    type: 'Tried',
    data: {},
    schemaVersion: 1,
    metadata: { id: 'i', correlationId: 'c', at: '' },
  };
  const store = postgresEventStore(pool, { schema });
  await store.append([{ streamId: 's', expected: 'absent', events: [event] }]);
  expect(await store.head()).toBe(1n);
  expect(await postgresEventStore(pool).head()).toBe(0n);
  await pool.end();
});

test('tables of a later release are left alone', async () => {
  await using database = await testDatabase();
  const pool = connect(database.url);
  await prepareDatabase(pool);
  await pool.query(`insert into banyan.migrations (number, name) values (9999, 'later')`);
  await expect(prepareDatabase(pool)).rejects.toMatchObject({ code: 'database-newer' });
  await pool.end();
});
