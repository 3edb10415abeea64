import { expect, test } from 'vitest';
import { twoDatabases } from '../preflight/fixtures/databases.fixture.ts';
import { catalogueDiff, catalogueDump } from './catalogue-dump.ts';

const base = `
  create table items (id int generated always as identity primary key, title text default 'x' check (title <> ''));
  create table lines (id serial primary key, item_id int references items);
  create view shown as select title from items;
  create function f() returns trigger language plpgsql as 'begin return new; end';`;

/** Each leaves something that a dump must show, and takes it back. */
const changes: Readonly<Record<string, readonly [change: string, back: string]>> = {
  'a column': ['alter table items add note text', 'alter table items drop note'],
  'a default': [
    'alter table items alter title drop default',
    `alter table items alter title set default 'x'`,
  ],
  'an index': ['create index i on items (title)', 'drop index i'],
  'a check': ['alter table items add constraint c check (id > 0)', 'alter table items drop constraint c'],
  'a foreign key': [
    'alter table lines drop constraint lines_item_id_fkey',
    'alter table lines add constraint lines_item_id_fkey foreign key (item_id) references items',
  ],
  'a foreign key that is not validated': [
    'alter table lines drop constraint lines_item_id_fkey; alter table lines add constraint lines_item_id_fkey foreign key (item_id) references items not valid',
    'alter table lines validate constraint lines_item_id_fkey',
  ],
  'a trigger': [
    'create trigger t before insert on items for each row execute function f()',
    'drop trigger t on items',
  ],
  'triggers that do not fire': [
    'alter table lines disable trigger all',
    'alter table lines enable trigger all',
  ],
  'an identity': ['alter table items replica identity full', 'alter table items replica identity default'],
  'a right': [
    'grant select on items to pg_monitor; revoke select on items from pg_monitor; grant insert on items to pg_monitor',
    'revoke all on items from pg_monitor',
  ],
  'a schema': [
    'create schema s; alter table lines set schema s',
    'alter table s.lines set schema public; drop schema s',
  ],
  'a publication': ['create publication p for table items', 'drop publication p'],
  'a comment': [`comment on table items is 'x'`, 'comment on table items is null'],
  'a setting': ['alter database "DATABASE" set work_mem = 64', 'alter database "DATABASE" reset work_mem'],
  'a function': ['create function g() returns int language sql as $$ select 1 $$', 'drop function g'],
  'a policy': ['create policy p on items', 'drop policy p on items'],
  'a view': [
    'create or replace view shown as select title from items where id > 1',
    'create or replace view shown as select title from items',
  ],
};

test('a dump shows every change, and is the same again when it is taken back', async () => {
  await using both = await twoDatabases(base);
  const { pool, name } = both.source;
  const before = await catalogueDump(pool);
  for (const [what, [change, back]] of Object.entries(changes)) {
    await pool.query(change.replace('DATABASE', name));
    expect(catalogueDiff(before, await catalogueDump(pool)), what).not.toEqual([]);
    await pool.query(back.replace('DATABASE', name));
    expect(catalogueDiff(before, await catalogueDump(pool)), what).toEqual([]);
  }
});
