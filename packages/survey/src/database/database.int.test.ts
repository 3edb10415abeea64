import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@banyan/postgres';
import { startEmbeddedServer } from '@banyan/postgres/embedded';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { surveyDocument } from '../report/document.ts';
import { loadSqlParser } from '../sql/tables-of-sql.ts';
import { survey } from '../survey.ts';
import { mistakesOf } from '../testing/schema-mistakes.ts';
import { readCatalogue } from './read-catalogue.ts';
import { readStatements } from './read-statements.ts';
import { watchWrites } from './watch-writes.ts';

async function open(url: string) {
  const pool = connect(url, { max: 1 });
  const client = await pool.connect();
  // One of them is killed on purpose.
  client.on('error', () => {});
  return {
    query: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await client.query(sql, [...values])).rows as Row[],
    [Symbol.asyncDispose]: async () => {
      client.release(true);
      await pool.end();
    },
  };
}

const schema = `
  create table guests (id int primary key, name text);
  create table "Stays" (id int primary key, guest_id int references guests on delete cascade, room int);
  create table audit (said text);
  create view visitors as select g.name, s.room from guests g join "Stays" s on s.guest_id = g.id;
  create function note() returns trigger language plpgsql as $$ begin insert into audit values ('x'); return new; end $$;
  create trigger noted after insert on guests for each row execute function note();`;

test('the catalogue tells tables, keys, views, functions, triggers and clients', async () => {
  await using database = await testDatabase();
  await using session = await open(database.url);
  await session.query(schema);
  await using other = await open(database.url);
  await other.query("set application_name = 'desk'");
  const found = await readCatalogue(session);
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
  await using session = await open(database.url);
  await using writer = await open(database.url);
  await writer.query(schema);
  const stop = new AbortController();
  let seen = 0;
  const watching = watchWrites(session, {
    seconds: 60,
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

test('of a server that writes more than may be read, samples are taken', async () => {
  await using database = await testDatabase();
  await using session = await open(database.url);
  await using writer = await open(database.url);
  await writer.query(schema);
  const stop = new AbortController();
  let [written, rounds] = [0, 0];
  const watching = watchWrites(session, {
    seconds: 60,
    perSecond: 10,
    signal: stop.signal,
    onProgress: (transactions) => {
      if (transactions > 0 && ++rounds === 2) stop.abort();
    },
  });
  const began = performance.now();
  while (!stop.signal.aborted) {
    await writer.query("insert into guests values ($1, 'somebody')", [++written]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { seconds, transactions, together } = await watching;
  expect(together).toEqual([{ tables: ['audit', 'guests'], transactions }]);
  expect(transactions).toBeGreaterThan(0);
  expect(transactions).toBeLessThan(written);
  expect(seconds).toBeLessThan((performance.now() - began) / 1_000);
});

test('a survey that is killed while it watches leaves no slot', async () => {
  await using database = await testDatabase();
  const session = await open(database.url);
  await using other = await open(database.url);
  const watching = watchWrites(session, { seconds: 60 }).catch(() => undefined);
  const slots = async () =>
    (await other.query('select from pg_replication_slots where database = $1', [database.name])).length;
  await expect.poll(slots).toBe(1);
  const [pid] = await other.query<{ pid: number }>(
    'select active_pid as pid from pg_replication_slots where database = $1',
    [database.name],
  );
  await other.query('select pg_terminate_backend($1)', [pid!.pid]).catch(() => {});
  await expect.poll(slots).toBe(0);
  await watching;
});

test('what a database does not have is named with how to get it', async () => {
  await using database = await testDatabase();
  await using session = await open(database.url);
  const role = `nobody_${database.name}`;
  const { missing } = await readStatements(session, await loadSqlParser());
  expect(missing[0]?.remedy).toContain('create extension pg_stat_statements');
  await session.query(`create role ${role} nologin; set role ${role}`);
  const watched = await watchWrites(session, { seconds: 1 });
  expect(watched.missing[0]?.remedy).toContain('alter role');
  await session.query(`reset role; drop role ${role}`);
});

test('what a survey of a live database prints is what the schema says', async () => {
  await using database = await testDatabase();
  await using session = await open(database.url);
  await session.query(schema);
  const found = await survey({ database: session, watch: { seconds: 0.1 } });
  expect(found.graph.tables).toHaveLength(3);
  expect(mistakesOf(surveyDocument(found))).toBeNull();
});

test('a role without any right still gets tables, keys and what is missing', async () => {
  await using database = await testDatabase();
  await using session = await open(database.url);
  await session.query(schema);
  const role = `outsider_${database.name}`;
  await session.query(
    `create role ${role} nologin; revoke all on schema public from public; set role ${role}`,
  );
  const { graph, missing } = await survey({ database: session, watch: { seconds: 0.1 } });
  expect(graph.tables.map(({ name }) => name)).toEqual(['audit', 'guests', 'stays']);
  expect(missing.map(({ what }) => what)).toEqual([
    expect.stringContaining('pg_stat_statements'),
    expect.stringContaining('--watch'),
  ]);
  await session.query(`reset role; drop role ${role}`);
});

test('a server whose log is not logical gives the rest and says what to set', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'banyan-survey-wal-'));
  try {
    await using server = await startEmbeddedServer({
      dir,
      settings: { wal_level: 'replica', max_wal_senders: '4' },
    });
    await using session = await open(server.url());
    await session.query(schema);
    const { graph, missing } = await survey({ database: session, watch: { seconds: 0.1 } });
    expect(graph.tables).toHaveLength(3);
    expect(missing.map(({ remedy }) => remedy)).toContainEqual(
      expect.stringContaining('wal_level = logical'),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
