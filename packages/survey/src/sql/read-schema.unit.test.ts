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
  expect(foreignKeys.map(({ from, to, columns, cascades }) => [from, to, columns, cascades])).toEqual([
    ['pet', 'owner', ['owner_id'], true],
    ['pet', 'pet_type', ['type_id', 'x'], false],
  ]);
});
