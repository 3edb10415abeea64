import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';
import { SurveyCache } from './survey-cache.ts';

const facts = { kind: 'unreadable', why: 'for a test' } as const;

test('a survey with a cache says what one without says, also after a file has changed', async () => {
  await using folder = await folderOf(hotel);
  const cache = join(folder.root, 'kept');
  const plain = await survey({ repo: folder.root });
  const json = (found: unknown) => JSON.parse(JSON.stringify(found));
  for (const run of ['first', 'second'])
    expect(json(await survey({ repo: folder.root, cache })), run).toEqual(json(plain));
  expect((await readdir(cache)).sort()).toEqual(['conclusion.json', 'readings-0.json']);
  await writeFile(join(folder.root, 'src/Spa.java'), 'package inn.spa; class Spa { inn.model.Guest guest; }');
  const changed = await survey({ repo: folder.root, cache });
  expect(changed.graph.modules.map(({ name }) => name)).toContain('Spa');
  expect(json(changed)).toEqual(json(await survey({ repo: folder.root })));
});

test('what is unchanged is taken from the cache, what has changed is not', async () => {
  await using folder = await folderOf({});
  const cache = await SurveyCache.open(folder.root);
  const readings = await cache.readings();
  for (let at = 0; at < 1_200; at++) readings.keep(`hash${at}`, `path${at}`, facts);
  await readings.save();
  const again = await (await SurveyCache.open(folder.root)).readings();
  expect(again.get('hash700', 'path700')).toEqual(facts);
  expect(again.get('other', 'path700')).toBeUndefined();
  again.keep('hash700', 'path700', again.get('hash700', 'path700')!);
  await again.save();
  expect((await readdir(folder.root)).filter((name) => name.startsWith('readings'))).toEqual([
    'readings-0.json',
  ]);
});

test('a cache that is broken, cut off or gone is as none', async () => {
  await using folder = await folderOf(hotel);
  const cache = join(folder.root, 'kept');
  const expected = (await survey({ repo: folder.root, cache })).proposal;
  for (const spoil of [
    (text: string) => text.slice(0, text.length / 2),
    (text: string) => text.replace('Guest', 'Gast'),
    () => '',
    () => '{"\\u0000map":[1]}',
  ]) {
    for (const name of ['conclusion.json', 'readings-0.json'])
      await writeFile(join(cache, name), spoil(await readFile(join(cache, name), 'utf8')));
    expect(JSON.stringify((await survey({ repo: folder.root, cache })).proposal)).toBe(
      JSON.stringify(expected),
    );
  }
  await rm(cache, { recursive: true });
  await writeFile(cache, 'a file is in the way');
  expect(JSON.stringify((await survey({ repo: folder.root, cache })).proposal)).toBe(
    JSON.stringify(expected),
  );
});
