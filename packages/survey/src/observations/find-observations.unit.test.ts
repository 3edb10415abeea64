import { expect, test } from 'vitest';
import { surveyDocument } from '../report/document.ts';
import { surveyMarkdown } from '../report/markdown.ts';
import { html } from '../report/page/markup.ts';
import { surveyPage } from '../report/page/page.ts';
import { type Survey, survey } from '../survey.ts';
import { folderOf } from '../testing/hotel.ts';
import { mistakesOf } from '../testing/schema-mistakes.ts';
import type { ObservationKind } from './observation.ts';

const query = (sql: string) => `db.query(\`${sql}\`)`;
const inn = {
  'guests/guest.js': `import { price } from '../rooms/room.js';
    export const guest = (db) => { price(db); price(db); return ${query('insert into guests values (1)')}; };
    export const stay = (db) => price(db) + price(db);`,
  'guests/list.js': `import { guest } from './guest.js';
    export const list = (db) => guest(db) && ${query('select name from countries')};`,
  'rooms/room.js': `import { guest } from '../guests/guest.js';
    export const price = (db) => guest(db) && ${query('update rooms set price = 1')};`,
  'rooms/free.js': `import { price } from './room.js';
    export const free = (db) => price(db) && ${query('select name from countries')};`,
  'rooms/weather.js': `app.get('/weather', (request, reply) => reply.send('rain'));`,
  'help/answer.js': `import { text } from './text.js'; app.get('/help', (request, reply) => reply.send(text()));`,
  'help/text.js': `export const text = () => 'ask';`,
  'schema.sql': `create table countries (code text primary key, name text);
    create table guests (id int primary key, country text references countries (code));
    create table rooms (id int primary key, price int, last_guest int references guests);
    create table vouchers (id int primary key, guest_id int references guests, percent int);
    create table voucher_uses (voucher_id int references vouchers, used_at date, by_whom text);
    create table guest_rooms (guest_id int references guests, room_id int references rooms);
    create table schema_migrations (version text);
    create view cheap as select * from rooms where price < 10;
    create or replace function forget() returns trigger language plpgsql as $$
      begin delete from vouchers where guest_id = old.id; -- not yet
      return old; end $$;
    create trigger guest_leaves before delete on guests for each row execute function forget();
    alter table guests add constraint last foreign key (id) references rooms (id);`,
};
const pins = {
  contexts: {
    guests: { modules: ['guests/**'], tables: ['guests', 'countries'] },
    rooms: { modules: ['rooms/**'], tables: ['rooms'] },
    help: { modules: ['help/**'] },
  },
};

function of({ observations }: Survey, kind: ObservationKind): string[] {
  return observations.filter((one) => one.kind === kind).map(({ says }) => says);
}

test('what stands out is named, each with its place', async () => {
  await using folder = await folderOf(inn);
  const found = await survey({ repo: folder.root, pins });
  expect(of(found, 'cycle')).toEqual([
    'the contexts guests -> rooms -> guests; the least of it is that guests leans on rooms, in 2 places',
    'guests/guest.js -> rooms/room.js -> guests/guest.js, of guests, rooms',
    'the foreign keys of guests -> rooms -> guests',
  ]);
  expect(of(found, 'chatty pair')).toEqual([
    'guests calls rooms in 4 places, rooms calls guests in 1 place and works on its tables in 1, most of all guests/guest.js and rooms/room.js',
  ]);
  expect(of(found, 'least depended upon')).toEqual(['nothing leans on help']);
  expect(of(found, 'keeps no state')).toEqual([
    'help keeps no table and leads to none',
    'from rooms/weather.js of rooms no table is reached',
  ]);
  expect(of(found, 'static data')).toEqual([
    'countries is read by guests and rooms, referred to by guests, written by no code',
  ]);
  expect(of(found, 'only in the database')).toEqual([
    'no code works on the tables voucher_uses and vouchers; foreign keys tie them to guests',
    'a rule on guests: the trigger guest_leaves runs forget, which works on vouchers',
    'the view cheap over rooms, which no code reads',
  ]);
  const [ring] = found.observations.filter(({ kind, modules }) => kind === 'cycle' && modules.length > 0);
  expect(ring?.evidence.map(({ path, line }) => `${path}:${line}`)).toEqual([
    'guests/guest.js:2',
    'rooms/room.js:2',
  ]);
  const places = found.observations.flatMap(({ evidence }) => evidence);
  expect(places.find(({ what }) => what === 'creates the trigger guest_leaves')).toMatchObject({
    path: 'schema.sql',
    line: 12,
  });
});

test('code that has nothing of the kind has no observation', async () => {
  await using folder = await folderOf({ 'a.js': 'export const a = 1;' });
  expect((await survey({ repo: folder.root })).observations).toEqual([]);
});

test('report and page tell what stands out, with what to do about it', async () => {
  await using folder = await folderOf(inn);
  const found = await survey({ repo: folder.root, pins });
  expect(mistakesOf(surveyDocument(found))).toBeNull();
  const report = surveyMarkdown(found);
  expect(report).toMatch(/\*\*keeps no state\*\* \(2\): .* without moving any data\n\n- help keeps no table/);
  const page = surveyPage(found, 'inn');
  for (const { says, advice } of found.observations) {
    expect(page).toContain(html`${says}`.text);
    expect(page).toContain(advice);
  }
});
