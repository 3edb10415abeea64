import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { expect, test } from 'vitest';
import { runBanyan } from '../testing/run-banyan.ts';

const schema = `
  create table guests (id int primary key, passport text);
  create table guest_notes (id int primary key, guest_id int references guests on delete cascade, note text);
  create table rooms (id int primary key, beds int);
  create table room_prices (id int primary key, room_id int references rooms on delete cascade, price int);
  create table stays (id int primary key, guest_id int references guests, room_id int references rooms);
  create view occupied as select r.id, g.passport from stays s join rooms r on r.id = s.room_id join guests g on g.id = s.guest_id;`;

test('a database alone is enough: its tables are placed in contexts and nothing is left behind', async () => {
  await using database = await testDatabase();
  const pool = connect(database.url, { max: 1 });
  try {
    await pool.query(schema);
    const { code, stdout } = await runBanyan([
      'survey',
      '--database',
      database.url,
      '--watch',
      '1s',
      '--json',
    ]);
    expect(code).toBe(0);
    const { proposal, knots, missing } = JSON.parse(stdout);
    const placed = proposal.contexts.flatMap(({ tables }: { tables: string[] }) => tables);
    expect(placed.sort()).toEqual(['guest_notes', 'guests', 'room_prices', 'rooms', 'stays']);
    const of = (table: string) =>
      proposal.contexts.find(({ tables }: { tables: string[] }) => tables.includes(table)).name;
    expect(of('guest_notes')).toBe(of('guests'));
    expect(of('room_prices')).toBe(of('rooms'));
    expect(of('rooms')).not.toBe(of('guests'));
    expect(knots.map(({ says }: { says: string }) => says)).toContainEqual(
      expect.stringContaining('the view occupied'),
    );
    expect(missing[0].remedy).toContain('pg_stat_statements');
    const slots = await pool.query('select from pg_replication_slots where database = $1', [database.name]);
    expect(slots.rows).toEqual([]);
  } finally {
    await pool.end();
  }
});

test('what can not be surveyed says what to do', async () => {
  expect((await runBanyan(['survey', '--repo', '/no/such/folder'])).stderr).toContain('--repo');
  expect((await runBanyan(['survey', '--watch', '5m'])).stderr).toContain('--database');
  const { stderr } = await runBanyan([
    'survey',
    '--database',
    'postgres://x@127.0.0.1:1/x',
    '--watch',
    'long',
  ]);
  expect(stderr).toContain('90s, 5m, 2h');
});
