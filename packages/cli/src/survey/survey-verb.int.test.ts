import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
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
    const { proposal, knots, missing, candidates } = JSON.parse(stdout);
    expect(candidates.map(({ benefit }: { benefit: number }) => benefit)).toContain(100);
    // No code was read that could have told.
    expect(knots.map(({ kind }: { kind: string }) => kind)).not.toContain('static data');
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

const code = {
  'guests/guest.js':
    "import { room } from '../rooms/room.js'; export const guest = (db) => { room(db); return db.query('select * from guests where id = 1'); };",
  'guests/list-guests.js': "import { guest } from './guest.js'; export const listGuests = (db) => guest(db);",
  'rooms/room.js': "export const room = (db) => db.query('update rooms set beds = 1');",
  'rooms/free-rooms.js': "import { room } from './room.js'; export const freeRooms = (db) => room(db);",
};
const pins = { contexts: { guests: { modules: ['guests/**'] }, rooms: { modules: ['rooms/**'] } } };

test('check fails on a tie that the baseline does not have, and what-if changes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-check-'));
  try {
    for (const [name, text] of Object.entries(code)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    const [contexts, baseline] = [join(folder, 'contexts.json'), join(folder, 'baseline.json')];
    await writeFile(contexts, JSON.stringify(pins));
    const args = ['--repo', folder, '--contexts', contexts];
    const report = join(folder, 'report.md');
    expect((await runBanyan(['survey', ...args, '--markdown', report])).code).toBe(0);
    expect(await readFile(report, 'utf8')).toContain('| guests | 2 |');
    const nowhere = join(folder, 'nowhere', 'report.md');
    expect((await runBanyan(['survey', ...args, '--markdown', nowhere])).stderr).toContain(nowhere);
    expect((await runBanyan(['survey', 'check', ...args, '--baseline', baseline])).stderr).toContain(
      '--update',
    );
    expect((await runBanyan(['survey', 'check', ...args, '--baseline', baseline, '--update'])).code).toBe(0);
    expect(JSON.parse(await readFile(baseline, 'utf8'))).toEqual({
      ties: ['guests/guest.js uses rooms/room.js'],
    });
    await writeFile(
      join(folder, 'rooms/routes.js'),
      "import { guest } from '../guests/guest.js'; app.get('/free', (request, reply) => guest(db));",
    );
    await writeFile(
      join(folder, 'guests/beds.js'),
      "export const beds = (db) => db.query('select beds from rooms');",
    );
    const { code: failed, stdout } = await runBanyan(['survey', 'check', ...args, '--baseline', baseline]);
    expect(failed).toBe(1);
    expect(stdout).toContain('guests/beds.js reads table rooms');
    const walked = await runBanyan(['survey', 'walk', '--repo', folder, '--contexts', contexts]);
    expect(walked.stdout).toMatch(/GET \/free +rooms guests/);
    const one = stripVTControlCharacters(
      (await runBanyan(['survey', 'walk', 'get /free', '--repo', folder, '--contexts', contexts])).stdout,
    );
    expect(one).toContain('=> guests: guests/guest.js guest');
    expect(one).toContain('rooms -> guests: 1 call');
    expect(one).toContain('circular: rooms -> guests -> rooms');
    const unknown = await runBanyan(['survey', 'walk', 'GET /fee', '--repo', folder]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('GET /free')]);
    const plan = join(folder, 'banyan.config.ts');
    const planned = ['survey', 'plan', 'rooms', '--repo', folder, '--contexts', contexts, '--out', plan];
    expect((await runBanyan(planned)).code).toBe(0);
    expect(await readFile(plan, 'utf8')).toContain("tables: [\n        'public.rooms',");
    expect((await runBanyan(planned)).stderr).toContain('Nothing was changed');
    const kept = join(folder, 'kept.json');
    const keep = ['survey', ...args, '--keep-contexts', kept];
    expect((await runBanyan(keep)).code).toBe(0);
    expect(JSON.parse(await readFile(kept, 'utf8')).contexts.guests.modules).toEqual(['guests/**']);
    expect((await runBanyan(keep)).stderr).toContain('Nothing was changed');
    const shrunk = await runBanyan([
      ...['survey', 'check', '--repo', folder, '--contexts', kept],
      ...['--baseline', baseline, '--update'],
    ]);
    expect([shrunk.code, shrunk.stdout]).toEqual([1, expect.stringContaining('has 1 tie as before')]);
    const moved = await runBanyan(['survey', 'what-if', ...args, '--move', 'rooms:guests', '--json']);
    const { after } = JSON.parse(moved.stdout);
    expect(after.find(({ context }: { context: string }) => context === 'guests').tables).toBe(2);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
