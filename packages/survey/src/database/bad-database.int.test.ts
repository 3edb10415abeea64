import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedServer } from '@banyan/postgres/embedded';
import { type TestDatabase, testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { loadSqlParser } from '../sql/tables-of-sql.ts';
import { survey } from '../survey.ts';
import { openSession } from '../testing/open-session.ts';
import type { SurveyDatabase } from './database.ts';
import { readCatalogue } from './read-catalogue.ts';
import { readStatements } from './read-statements.ts';
import { watchWrites } from './watch-writes.ts';

const schema = `
  create table guests (id int primary key, name text);
  create table stays (id int primary key, guest_id int references guests);
  create view visitors as select g.name from guests g join stays s on s.guest_id = g.id;`;
const counted = 'how often statements run (pg_stat_statements)';
const watched = 'which tables are written in one transaction (--watch)';

/** What is missing and the remedy, of a survey that watches for a moment. */
async function missingFrom(session: SurveyDatabase) {
  const { graph, missing } = await survey({ database: session, watch: { seconds: 0.1 } });
  expect(graph.tables.map(({ name }) => name)).toEqual(['guests', 'stays']);
  return Object.fromEntries(missing.map(({ what, remedy }) => [what, remedy]));
}

/** A session as a role with no right at all, and what the role is called. */
async function outsider({ url, name }: TestDatabase) {
  const owner = await openSession(url);
  const role = `outsider_${name}`;
  await owner.query(`create role ${role} nologin; revoke all on schema public from public; set role ${role}`);
  return {
    ...owner,
    role,
    [Symbol.asyncDispose]: async () => {
      await owner.query(`reset role; drop owned by ${role}; drop role ${role}`);
      await owner[Symbol.asyncDispose]();
    },
  };
}

test('a role without any right gets tables and keys, and is told which rights give the rest', async () => {
  await using database = await testDatabase();
  await using owner = await openSession(database.url);
  await owner.query(schema);
  await using session = await outsider(database);
  expect(await missingFrom(session)).toEqual({
    [counted]: expect.stringContaining('create extension pg_stat_statements'),
    [watched]: expect.stringContaining(`alter role ${session.role} replication`),
  });
  await owner.query('create schema counters; create extension pg_stat_statements schema counters');
  const remedy = (await missingFrom(session))[counted]!;
  expect(remedy).toContain(`grant usage on schema counters to ${session.role}`);
  await owner.query(/'(.*)'/.exec(remedy)![1]!);
  await owner.query('select * from guests join stays on guest_id = guests.id');
  const hidden = await readStatements(session, await loadSqlParser());
  expect(hidden.missing).toMatchObject([
    { why: expect.stringContaining('are hidden from'), remedy: expect.stringContaining('pg_read_all_stats') },
  ]);
  await owner.query(/'(.*)'/.exec(hidden.missing[0]!.remedy)![1]!);
  const { statements, missing } = await readStatements(session, await loadSqlParser());
  expect(statements).toContainEqual(expect.objectContaining({ reads: ['guests', 'stays'] }));
  expect(missing).toEqual([]);
});

test('who is connected is told to a role that sees only its own sessions whole', async () => {
  await using database = await testDatabase();
  await using other = await openSession(database.url);
  await other.query("set application_name = 'desk'");
  await using session = await outsider(database);
  const { catalogue } = await readCatalogue(session);
  expect(catalogue.clients.map(({ application }) => application)).toContain('desk');
});

test('a table that somebody has locked costs nothing but the exact sizes', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await session.query(schema);
  await session.query("insert into guests select n, 'x' from generate_series(1, 2000) n");
  await session.query('vacuum analyze guests');
  await using migration = await openSession(database.url);
  await migration.query('begin; lock table guests in access exclusive mode');
  await session.query("set lock_timeout = '50ms'");
  const { catalogue, missing } = await readCatalogue(session);
  expect(catalogue.foreignKeys).toHaveLength(1);
  expect(catalogue.tables.find(({ name }) => name === 'guests')!.bytes).toBeGreaterThan(8_192);
  expect(missing).toMatchObject([
    { what: expect.stringContaining('sizes'), remedy: expect.stringContaining('lock') },
  ]);
  await migration.query('rollback');
});

test('a database without tables is surveyed all the same', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  const { graph, proposal, candidates } = await survey({ database: session });
  expect([graph.tables, proposal.contexts, candidates]).toEqual([[], [], []]);
});

test('what took too long to decode is left out, and the rest is counted in a new slot', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await session.query(schema);
  await using writer = await openSession(database.url);
  let [isSlow, seen] = [true, 0];
  const slow: SurveyDatabase = {
    query: async <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      if (!isSlow || !sql.includes('get_changes')) return session.query<Row>(sql, values);
      isSlow = false;
      return session
        .query<Row>("set statement_timeout = '10ms'; select pg_sleep(60)")
        .finally(() => session.query('reset statement_timeout'));
    },
  };
  const stop = new AbortController();
  const watching = watchWrites(slow, {
    seconds: 60,
    signal: stop.signal,
    onProgress: (transactions) => {
      seen = transactions;
    },
  });
  // Until the new slot is open it sees nothing.
  await expect
    .poll(async () => {
      await writer.query("insert into guests select coalesce(max(id), 0) + 1, 'x' from guests");
      return seen;
    })
    .toBeGreaterThan(0);
  stop.abort();
  const { together, missing } = await watching;
  expect(together.map(({ tables }) => tables)).toEqual([['guests']]);
  expect(missing).toMatchObject([{ what: expect.stringContaining('part of the time') }]);
});

test('a session that the server ends while it watches leaves no slot, and what it saw is told', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await using other = await openSession(database.url);
  await other.query(schema);
  let seen = 0;
  const watching = survey({
    database: session,
    watch: {
      seconds: 60,
      share: 1,
      onProgress: (transactions) => {
        seen = transactions;
      },
    },
  });
  const slots = async () =>
    await other.query<{ pid: number }>(
      `select active_pid as pid from pg_replication_slots where database = $1 and confirmed_flush_lsn is not null`,
      [database.name],
    );
  await expect.poll(async () => (await slots()).length).toBe(1);
  await other.query("insert into guests values (1, 'a')");
  await expect.poll(() => seen).toBe(1);
  const [{ pid }] = (await slots()) as [{ pid: number }];
  await other.query('select pg_terminate_backend($1)', [pid]);
  await expect.poll(async () => (await slots()).length).toBe(0);
  const { database: found, missing, graph } = await watching;
  expect(graph.tables).toHaveLength(2);
  expect(found?.writes?.together).toEqual([{ tables: ['guests'], transactions: 1 }]);
  expect(missing.map(({ what, remedy }) => [what, remedy])).toEqual([
    [counted, 'survey again when the server answers'],
    [`${watched} during the rest of the time`, 'survey again when the server answers'],
  ]);
});

test('a pooler is not watched through, because a slot would stay behind in a session that it lends on', async () => {
  await using database = await testDatabase();
  await using session = await openSession(database.url);
  await session.query(schema);
  const remedies = await missingFrom({ ...session, isPooled: true });
  expect(remedies[watched]).toContain('address of the server itself');
});

test('a server that is not prepared gives the rest and says what to set, each setting in its turn', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'banyan-survey-server-'));
  /** Runs on the same data with other settings. */
  async function served<Result>(
    settings: Record<string, string | number>,
    work: (session: Awaited<ReturnType<typeof openSession>>) => Promise<Result>,
  ): Promise<Result> {
    await using server = await startEmbeddedServer({ dir, settings: { fsync: 'off', ...settings } });
    await using session = await openSession(server.url());
    return await work(session);
  }
  try {
    const bare = { wal_level: 'replica', shared_preload_libraries: '' };
    const data = await served(bare, async (session) => {
      await session.query(`${schema} create extension pg_stat_statements`);
      expect(await missingFrom(session)).toEqual({
        [counted]: 'add pg_stat_statements to shared_preload_libraries and restart',
        [watched]: 'set wal_level = logical, which is replica, and restart the server',
      });
      const [row] = await session.query<{ data_directory: string }>('show data_directory');
      return row!.data_directory;
    });
    await served({ max_replication_slots: 1, max_wal_senders: 0 }, async (session) => {
      expect(await missingFrom(session)).toEqual({});
      await session.query("select pg_create_physical_replication_slot('forgotten')");
      expect((await missingFrom(session))[watched]).toBe(
        'raise max_replication_slots, which is 1, and restart, or drop a slot that nobody reads: forgotten',
      );
      await session.query("select pg_drop_replication_slot('forgotten')");
    });
    await served({ max_replication_slots: 0 }, async (session) => {
      expect((await missingFrom(session))[watched]).toContain('set max_replication_slots = 10, which is 0');
    });
    await writeFile(join(data, 'standby.signal'), '');
    await served({}, async (session) => {
      await session.query("set statement_timeout = '1s'");
      expect((await missingFrom(session))[watched]).toBe('watch the primary');
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
