import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { surveyDocument } from '../report/document.ts';
import { survey } from '../survey.ts';
import { openSession } from '../testing/open-session.ts';
import { mistakesOf } from '../testing/schema-mistakes.ts';
import type { SurveyDatabase } from './database.ts';
import { readCatalogue } from './read-catalogue.ts';
import { watchWrites } from './watch-writes.ts';

const schema = `
  create table guests (id int primary key, name text);
  create table "Stays" (id int primary key, guest_id int references guests on delete cascade, room int);
  create table audit (said text);
  create view visitors as select g.name, s.room from guests g join "Stays" s on s.guest_id = g.id;
  create function note() returns trigger language plpgsql as $$ begin insert into audit values ('x'); return new; end $$;
  create trigger noted after insert on guests for each row execute function note();`;

test('the catalogue tells tables, keys, views, functions, triggers and clients', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await session.query(schema);
  await using other = await openSession(database.url);
  await other.query("set application_name = 'desk'");
  const { catalogue: found, missing } = await readCatalogue(session);
  expect(missing).toEqual([]);
  expect(found.tables.map(({ name, columns, primaryKey }) => [name, columns, primaryKey])).toEqual([
    ['stays', ['id', 'guest_id', 'room'], ['id']],
    ['audit', ['said'], []],
    ['guests', ['id', 'name'], ['id']],
  ]);
  expect(found.foreignKeys).toMatchObject([
    { from: 'stays', to: 'guests', columns: ['guest_id'], cascades: true },
  ]);
  expect(found.views).toEqual([{ name: 'visitors', tables: ['guests', 'stays'] }]);
  expect(found.functions).toEqual([{ name: 'note', tables: ['audit'] }]);
  expect(found.triggers).toEqual([{ name: 'noted', table: 'guests', function: 'note' }]);
  expect(found.clients.map(({ application }) => application)).toContain('desk');
});

test('tables that are written in one transaction are counted, whoever writes them, and no slot is left', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await using writer = await openSession(database.url);
  await writer.query(schema);
  const stop = new AbortController();
  let seen = 0;
  const watching = watchWrites(session, {
    seconds: 60,
    // A server that others keep busy is to be read whole here.
    share: 1,
    signal: stop.signal,
    onProgress: (transactions) => {
      seen = transactions;
    },
  });
  const slots = async () =>
    await writer.query<{ temporary: boolean }>(
      // Until it has its position it waits for transactions that are open, and sees nothing yet.
      'select temporary from pg_replication_slots where database = $1 and confirmed_flush_lsn is not null',
      [database.name],
    );
  await expect.poll(slots).toEqual([{ temporary: true }]);
  await writer.query("insert into guests values (1, 'a')");
  await writer.query("insert into guests values (2, 'b')");
  await writer.query('insert into "Stays" values (1, 1, 7)');
  await writer.query('delete from guests where id = 1');
  await writer.query("begin; insert into audit values ('no'); rollback");
  await expect.poll(() => seen).toBe(4);
  stop.abort();
  const { together, transactions, missing } = await watching;
  expect({ transactions, missing, together }).toEqual({
    transactions: 4,
    missing: [],
    together: [
      { tables: ['audit', 'guests'], transactions: 2 },
      { tables: ['guests', 'stays'], transactions: 1 },
      { tables: ['stays'], transactions: 1 },
    ],
  });
  expect(await slots()).toEqual([]);
});

test('of a server that writes more at a time than is decoded at once nothing is left out', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await using writer = await openSession(database.url);
  await writer.query(`${schema} set synchronous_commit = off`);
  const stop = new AbortController();
  let written = () => {};
  const writing = new Promise<void>((resolve) => {
    written = resolve;
  });
  const behind: SurveyDatabase = {
    query: async <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      if (sql.includes('get_changes')) await writing;
      return session.query<Row>(sql, values);
    },
  };
  const watching = watchWrites(behind, { seconds: 60, share: 1, signal: stop.signal });
  await expect
    .poll(() =>
      writer.query(
        'select from pg_replication_slots where database = $1 and confirmed_flush_lsn is not null',
        [database.name],
      ),
    )
    .toHaveLength(1);
  await writer.query(
    'do $$ begin for n in 1..8000 loop insert into guests values (n); commit; end loop; end $$',
  );
  // What is not on the disk yet is not decoded.
  await writer.query('reset synchronous_commit; insert into guests values (0)');
  stop.abort();
  written();
  expect(await watching).toMatchObject({ transactions: 8_001, missing: [] });
});

test('of a server that would be busy decoding, samples are taken', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await using writer = await openSession(database.url);
  await writer.query(schema);
  const [share, tookMs] = [0.01, 110];
  let skipped = 0;
  const busy: SurveyDatabase = {
    query: async <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      if (sql.includes('slot_advance')) skipped = written;
      const rows = await session.query<Row>(sql, values);
      // A server on which decoding takes a little more than may be spent.
      return sql.includes('get_changes') ? rows.map((row) => ({ ...row, tookMs })) : rows;
    },
  };
  const stop = new AbortController();
  let [written, rounds] = [0, 0];
  const watching = watchWrites(busy, {
    seconds: 60,
    share,
    signal: stop.signal,
    onProgress: (transactions) => {
      if (transactions > 0 && ++rounds === 2) stop.abort();
    },
  });
  while (!stop.signal.aborted) {
    await writer.query("insert into guests values ($1, 'somebody')", [++written]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { transactions, together } = await watching;
  expect(together).toEqual([{ tables: ['audit', 'guests'], transactions }]);
  expect(transactions).toBeGreaterThan(0);
  expect(skipped).toBeGreaterThan(0);
  expect(transactions).toBeLessThan(written);
});

test('what a survey of a live database prints is what the schema says', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await session.query(schema);
  const found = await survey({ database: session, watch: { seconds: 0.1 } });
  expect(found.graph.tables).toHaveLength(3);
  expect(mistakesOf(surveyDocument(found))).toBeNull();
});
