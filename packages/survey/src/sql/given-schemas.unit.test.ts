import path from 'node:path';
import { expect, test } from 'vitest';
import { folderOf } from '../testing/hotel.ts';
import { givenSchemas } from './given-schemas.ts';

test('scripts of the schema are read wherever they stand, and one that is none says what to give', async () => {
  await using folder = await folderOf({
    'dump.sql': 'create table public.rooms (id int);',
    'data.sql': 'insert into rooms values (1);',
  });
  const [dump] = await givenSchemas([path.join(folder.root, 'dump.sql')]);
  expect(dump!.schema.tables.map(({ name }) => name)).toEqual(['rooms']);
  await expect(givenSchemas([path.join(folder.root, 'data.sql')])).rejects.toThrow(/pg_dump --schema-only/);
  await expect(givenSchemas([path.join(folder.root, 'none.sql')])).rejects.toThrow(/--schema FILE.sql/);
});
