import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from '@banyan/postgres';
import { testDatabase } from '@banyan/postgres/testing';
import { readTruth } from '@banyan/survey';
import { expect, test } from 'vitest';
import { scoreCheckout } from './score-checkout.ts';
import { scoreLines } from './score-lines.ts';

const code: Record<string, string> = {
  'Guest.java': 'class Guest { Long id; Passport passport; }',
  'Passport.java': 'class Passport { String passportNumber; }',
  'GuestDesk.java': 'class GuestDesk { Guest guest; Passport passport; void greet() { guest.toString(); } }',
  'Room.java': 'class Room { Long id; Bed bed; }',
  'Bed.java': 'class Bed { int bedWidth; }',
  'RoomService.java': 'class RoomService { Room room; Bed bed; void clean() { room.toString(); } }',
};
const truth = readTruth(
  [
    'class full name,reference decomposition',
    ...Object.keys(code).map(
      (file) => `${file.replace('.java', '')},${/Guest|Passport/.test(file) ? 'g' : 'r'}`,
    ),
  ].join('\n'),
);
const script =
  'create table guests (id int primary key); create table rooms (id int primary key, guest_id int references guests);';

test('the code is scored alone, without the scripts beside it, and then with what is given of the schema', async () => {
  const repo = await mkdtemp(path.join(tmpdir(), 'banyan-score-'));
  await using database = await testDatabase();
  const pool = connect(database.url, { max: 1 });
  try {
    for (const [file, text] of Object.entries(code)) await writeFile(path.join(repo, file), text);
    const alone = await scoreCheckout(truth, { repo });
    expect(alone.codeAlone).toMatchObject({ contextsProposed: 2, contextsKnown: 2, mojoFm: 100 });
    expect(alone.withSchema).toBeUndefined();
    expect(scoreLines(alone).join('\n')).not.toContain('with schema');

    await pool.query(script);
    const live = await scoreCheckout(truth, { repo, database: database.url });
    expect(live.codeAlone).toEqual(alone.codeAlone);
    expect(live.withSchema).toMatchObject({ mojoFm: 100 });

    await writeFile(path.join(repo, 'schema.sql'), script);
    const both = await scoreCheckout(truth, { repo });
    expect(both.codeAlone).toEqual(alone.codeAlone);
    expect(both.withSchema).toMatchObject({ mojoFm: 100 });
    const lines = scoreLines(both).join('\n');
    for (const figure of ['MoJoFM', 'C2C', 'BCP', 'ICP', 'SM', 'IFN', 'NED', 'transaction purity'])
      expect(lines).toContain(figure);
  } finally {
    await pool.end();
    await rm(repo, { recursive: true });
  }
});
