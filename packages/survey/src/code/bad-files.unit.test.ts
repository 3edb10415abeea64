import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf, hotel } from '../testing/hotel.ts';

async function surveyed(repo: string) {
  const { files, graph, omissions } = await survey({ repo });
  const why = Object.fromEntries(omissions.map((one) => [one.path, one.why]));
  return { files, names: graph.modules.map(({ name }) => name), why };
}

test('a syntax error in one file of many is named, and everything else is read', async () => {
  await using folder = await folderOf({
    ...hotel,
    'src/Torn.java': 'class Torn { void half( { int x = ; } class Whole {',
  });
  const { names, why } = await surveyed(folder.root);
  expect(names).toEqual(expect.arrayContaining(['GuestService', 'RoomRepository']));
  expect(Object.keys(why)).toEqual(['src/Torn.java']);
  expect(why['src/Torn.java']).toContain('the rest was read');
});

test('files that are large, nested without end, or no text are named and left out', async () => {
  await using folder = await folderOf({
    'a.ts': 'export const a = 1;\n',
    'generated.ts': `export const b = 1;\n${'// generated\n'.repeat(100_000)}`,
    'nested.ts': `export const c = ${'['.repeat(40_000)}${']'.repeat(40_000)};\n`,
  });
  await writeFile(join(folder.root, 'picture.ts'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1]));
  const { names, why } = await surveyed(folder.root);
  expect(names).toEqual(['a']);
  expect(why).toEqual({
    'generated.ts': '1.3 MB: taken to be generated',
    'nested.ts': expect.stringContaining('nested too deeply'),
    'picture.ts': 'it is no text',
  });
});

test('links are not followed in circles, and what they lead to elsewhere is named', async () => {
  await using elsewhere = await folderOf({ 'b.ts': 'export const b = 1;\n' });
  await using folder = await folderOf({ 'src/a.ts': 'export const a = 1;\n' });
  await symlink('..', join(folder.root, 'src/up'));
  await symlink('src', join(folder.root, 'same'));
  await symlink('nowhere', join(folder.root, 'broken'));
  await symlink(elsewhere.root, join(folder.root, 'beside'));
  const { files, why } = await surveyed(folder.root);
  expect(files).toBe(1);
  expect(why).toEqual({ beside: expect.stringContaining('--repo') });
});

test('names that are no UTF-8 are told, and the rest is read', async () => {
  const root = await mkdtemp(join(tmpdir(), 'banyan-survey-names-'));
  try {
    const named = (name: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name, 'latin1')]);
    await writeFile(join(root, 'a.ts'), 'export const a = 1;\n');
    await writeFile(named('gr\u00f6\u00dfe.ts'), 'export const b = 1;\n');
    await mkdir(named('m\u00fcll'));
    const { names, why } = await surveyed(root);
    expect(names).toEqual(['a']);
    expect(Object.values(why)).toEqual(['its name is no UTF-8', 'its name is no UTF-8']);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test('an empty folder has nothing to tell, and a file is no folder', async () => {
  await using folder = await folderOf({ 'a.ts': '' });
  await expect(survey({ repo: join(folder.root, 'a.ts') })).rejects.toThrow(/a\.ts is no folder.*--repo/);
  await expect(survey({ repo: join(folder.root, 'none') })).rejects.toThrow(/none is no folder.*--repo/);
  await rm(join(folder.root, 'a.ts'));
  expect(await surveyed(folder.root)).toEqual({ files: 0, names: [], why: {} });
});
