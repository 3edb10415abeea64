import { once } from 'node:events';
import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { runBanyan, startBanyan } from '../testing/run-banyan.ts';
import { openSurveyDatabase } from './open-database.ts';

const password = 'not:it@all';

test.each([
  [
    'a host that does not answer',
    'postgres://somebody:SECRET@127.0.0.1:1/x',
    'start it, or correct the host',
  ],
  ['a host that nobody knows', 'postgres://somebody:SECRET@nowhere.invalid/x', 'host'],
  ['an address of something else', 'mysql://somebody:SECRET@127.0.0.1/x', 'postgres://USER:PASSWORD@'],
  ['a sign that does not stand in addresses', 'postgres://somebody:SECRET#1@127.0.0.1/x', '%40'],
  ['half an escape', 'postgres://somebody:SECRET%@127.0.0.1:1/x', ''],
  ['no port', 'postgres://somebody:SECRET@127.0.0.1:port/x', 'postgres://USER:PASSWORD@'],
])('%s is refused in a sentence that tells no password', async (_what, address, remedy) => {
  for (const url of [
    address.replace('SECRET', 'hidden'),
    address.replace('SECRET', encodeURIComponent(password)),
  ])
    for (const more of [[], ['--json'], ['--repo', '.', '--watch', '1s']]) {
      const { code, stdout, stderr } = await runBanyan(['survey', '--database', url, ...more]);
      expect(code).toBe(1);
      expect(stderr).toContain(remedy);
      expect(stdout + stderr).not.toMatch(/hidden|not%3Ait|not:it|^\s+at /m);
    }
});

test('a wrong password is told of and not told', async () => {
  await using database = await testDatabase();
  const url = new URL(database.url);
  url.password = password;
  const { code, stdout, stderr } = await runBanyan(['survey', '--database', url.href, '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout).error.code).toBe('postgres-wrong-password');
  expect(stdout + stderr).not.toMatch(/not%3Ait|not:it/);
});

test('a password may be kept out of the address', async () => {
  await using database = await testDatabase();
  const url = new URL(database.url);
  const before = process.env.PGPASSWORD;
  process.env.PGPASSWORD = decodeURIComponent(url.password);
  url.password = '';
  try {
    expect((await runBanyan(['survey', '--database', url.href])).code).toBe(0);
  } finally {
    if (before === undefined) delete process.env.PGPASSWORD;
    else process.env.PGPASSWORD = before;
  }
});

test('a database without tables says so, and nothing of folders', async () => {
  await using database = await testDatabase();
  const { code, stdout } = await runBanyan(['survey', '--database', database.url]);
  expect(code).toBe(0);
  expect(stdout).toContain('no table');
  expect(stdout).not.toContain('--repo');
});

test('a survey can not write, and leaves no setting in a session that a pooler may lend to others', async () => {
  await using database = await testDatabase();
  await using session = await openSurveyDatabase(database.url);
  await expect(session.query('create table guests (id int)')).rejects.toThrow(/read-only/);
  const limits = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`;
  expect(await session.query(limits)).toEqual([{ statement: '15s', lock: '1s' }]);
  expect(session.isPooled).toBe(false);
});

test('a watch that is stopped tells what it saw, one that is killed nothing, and neither leaves a slot', async () => {
  await using database = await testDatabase();
  const pool = connect(database.url, { max: 1 });
  const slots = async () => {
    const sql = 'select from pg_replication_slots where database = $1 and confirmed_flush_lsn is not null';
    return (await pool.query(sql, [database.name])).rows.length;
  };
  try {
    await pool.query('create table guests (id int)');
    const args = ['survey', '--database', database.url, '--watch', '1h', '--json'];
    const [stopped, killed] = [startBanyan(args, {}), startBanyan(args, {})];
    let printed = '';
    stopped.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
    const ends = [stopped, killed].map((child) => once(child, 'close'));
    await expect.poll(slots, { timeout: 50_000 }).toBe(2);
    await pool.query('insert into guests values (1)');
    killed.kill('SIGKILL');
    stopped.kill('SIGINT');
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [null, 'SIGKILL'],
    ]);
    expect(JSON.parse(printed).database.writes.together).toEqual([{ tables: ['guests'], transactions: 1 }]);
    await expect.poll(slots).toBe(0);
  } finally {
    await pool.end();
  }
});
