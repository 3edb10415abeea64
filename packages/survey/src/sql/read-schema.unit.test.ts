import { expect, test } from 'vitest';
import { readSchema } from './read-schema.ts';

test('tables, columns and foreign keys are read in any dialect', () => {
  const { tables, foreignKeys } = readSchema(`
    -- CREATE TABLE no (id int);
    CREATE TABLE IF NOT EXISTS \`owner\` (
      id INT(4) UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
      name VARCHAR(30) DEFAULT 'a, b',
      INDEX(name)
    ) engine=InnoDB;
    create table "app"."pet" (id serial, owner_id int references owner (id) on delete cascade, primary key (id));
    ALTER TABLE ONLY pet ADD CONSTRAINT fk FOREIGN KEY (type_id, x) REFERENCES public.pet_type(id, x);`);
  expect(tables.map(({ name, columns }) => [name, ...columns])).toEqual([
    ['owner', 'id', 'name'],
    ['pet', 'id', 'owner_id'],
  ]);
  expect(tables.map(({ primaryKey }) => primaryKey)).toEqual([['id'], ['id']]);
  expect(foreignKeys.map(({ from, to, columns, cascades }) => [from, to, columns, cascades])).toEqual([
    ['pet', 'owner', ['owner_id'], true],
    ['pet', 'pet_type', ['type_id', 'x'], false],
  ]);
});

test('what identifies a row is told by its column, by the table and by a constraint that is added', () => {
  const { tables } = readSchema(`
    create table rooms (number int primary key, "primary" text);
    create table beds (room int, "at" int, constraint beds_pk primary key ("room", \`at\` desc));
    create table stays (id int);
    create table notes (id int);
    ALTER TABLE ONLY public.stays ADD CONSTRAINT stays_pkey PRIMARY KEY (id);`);
  expect(tables.map(({ primaryKey }) => primaryKey)).toEqual([['number'], ['room', 'at'], ['id'], undefined]);
});

test('statements that no semicolon ends are told apart, as SQL Server writes them', () => {
  const { tables, foreignKeys } = readSchema(`
    create table a (id int, b_code int)
    GO
    create table b (code int)
    GO
    alter table a add constraint a_b foreign key (b_code) references b (code)
    GO
    alter table b add constraint b_pk primary key clustered (code)
    GO
    alter table a add constraint a_a foreign key (id) references a (id)`);
  expect(tables.map(({ name, primaryKey }) => [name, primaryKey])).toEqual([
    ['a', undefined],
    ['b', ['code']],
  ]);
  expect(foreignKeys.map(({ columns }) => columns)).toEqual([['b_code'], ['id']]);
});
