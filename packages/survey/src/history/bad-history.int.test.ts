import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf } from '../testing/hotel.ts';
import { readLog } from './read-log.ts';

function git(folder: string, ...args: string[]): void {
  execFileSync('git', ['-C', folder, '-c', 'user.email=a@b', '-c', 'user.name=a', ...args], {
    stdio: 'ignore',
  });
}

/** A repository of three commits, and a partial clone of it that can't fetch what it lacks. */
async function partialClone() {
  const origin = await folderOf({ 'a.ts': 'export const a = 1;\n', 'b.ts': 'export const b = 1;\n' });
  git(origin.root, 'init', '-q', '-b', 'main');
  git(origin.root, 'config', 'uploadpack.allowFilter', 'true');
  for (const text of ['', '// two\n', '// three\n']) {
    await writeFile(join(origin.root, 'a.ts'), `export const a = 1;\n${text}`);
    git(origin.root, 'add', '.');
    git(origin.root, 'commit', '-qm', 'a change');
  }
  const folder = await folderOf({});
  git(folder.root, 'clone', '-q', '--filter=blob:none', `file://${origin.root}`, 'clone');
  await rm(origin.root, { recursive: true, force: true });
  return { root: join(folder.root, 'clone'), [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test('a partial clone is read whole, though the old contents are missing', async () => {
  await using clone = await partialClone();
  const { commits, missing } = await readLog(clone.root);
  expect(commits.map(({ paths }) => paths)).toEqual([['a.ts'], ['a.ts'], ['a.ts', 'b.ts']]);
  expect(missing).toEqual([]);
});

test('a shallow clone gives what it has and says how to get the rest', async () => {
  await using origin = await folderOf({ 'a.ts': 'export const a = 1;\n' });
  git(origin.root, 'init', '-q');
  for (const text of ['one', 'two']) {
    await writeFile(join(origin.root, 'a.ts'), `// ${text}\n`);
    git(origin.root, 'add', '.');
    git(origin.root, 'commit', '-qm', 'a change');
  }
  await using folder = await folderOf({});
  git(folder.root, 'clone', '-q', '--depth=1', `file://${origin.root}`, 'clone');
  const { commits, missing } = await readLog(join(folder.root, 'clone'));
  expect(commits).toHaveLength(1);
  expect(missing[0]?.remedy).toContain('git fetch --unshallow');
});

test('a repository without a commit is surveyed, and says what is missing', async () => {
  await using folder = await folderOf({ 'a.ts': 'export const a = 1;\n' });
  git(folder.root, 'init', '-q');
  const { files, history, missing } = await survey({ repo: folder.root });
  expect(files).toBe(1);
  expect(history).toBeUndefined();
  expect(missing).toMatchObject([{ what: 'history', remedy: expect.stringContaining('commit') }]);
});
