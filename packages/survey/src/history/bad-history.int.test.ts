import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
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
async function partialClone(...more: string[]) {
  const origin = await folderOf({ 'a.ts': 'export const a = 1;\n', 'b.ts': 'export const b = 1;\n' });
  git(origin.root, 'init', '-q', '-b', 'main');
  git(origin.root, 'config', 'uploadpack.allowFilter', 'true');
  for (const text of ['', '// two\n', '// three\n']) {
    await writeFile(join(origin.root, 'a.ts'), `export const a = 1;\n${text}`);
    git(origin.root, 'add', '.');
    git(origin.root, 'commit', '-qm', 'a change');
  }
  const folder = await folderOf({});
  git(folder.root, 'clone', '-q', '--filter=blob:none', ...more, `file://${origin.root}`, 'clone');
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

/** A folder with a commit of these files, and more commits of one of them. */
async function committed(files: Readonly<Record<string, string>>) {
  const folder = await folderOf(files);
  git(folder.root, 'init', '-q');
  git(folder.root, 'add', '.');
  git(folder.root, 'commit', '-qm', 'first');
  return folder;
}

test('a clone without its files says how to get them, and its promisor need not be there', async () => {
  await using clone = await partialClone('--no-checkout');
  const { files, missing } = await survey({ repo: clone.root });
  expect(files).toBe(0);
  expect(missing).toMatchObject([{ what: 'code', remedy: expect.stringContaining('git checkout') }]);
});

test('names with quotes, line breaks and tabs are those of the files', async () => {
  const names = ['a "quoted".ts', 'two\nlines.ts', 'a\ttab.ts', '\u0001begin.ts', ':100644 x.ts', 'größe.ts'];
  await using folder = await committed(
    Object.fromEntries(names.map((name) => [name, 'export const a = 1;\n'])),
  );
  const { commits } = await readLog(folder.root);
  expect(commits.map(({ paths }) => [...paths].sort())).toEqual([[...names].sort()]);
  const { history } = await survey({ repo: folder.root });
  expect(history?.files.map(({ path }) => path).sort()).toEqual([...names].sort());
});

test('a detached head, a worktree and settings of the user change nothing', async () => {
  await using folder = await committed({ 'a.ts': 'export const a = 1;\n' });
  const worktree = join(folder.root, '.worktree');
  git(folder.root, 'worktree', 'add', '-q', '--detach', worktree);
  git(folder.root, 'config', 'color.ui', 'always');
  git(folder.root, 'config', 'log.showRoot', 'false');
  git(folder.root, 'config', 'log.showSignature', 'true');
  git(folder.root, 'config', 'diff.renames', 'copies');
  git(folder.root, 'checkout', '-q', '--detach');
  for (const repo of [folder.root, worktree])
    expect(await readLog(repo)).toMatchObject({ commits: [{ paths: ['a.ts'] }], missing: [] });
});

test('the history of a submodule is named as missing, and its code is read', async () => {
  await using inner = await committed({ 'b.ts': 'export const b = 1;\n' });
  await using folder = await committed({ 'a.ts': 'export const a = 1;\n' });
  git(folder.root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner.root, 'inner');
  git(folder.root, 'commit', '-qm', 'a submodule');
  const { files, history, missing } = await survey({ repo: folder.root });
  expect(files).toBe(2);
  expect(history?.files.map(({ path }) => path)).toEqual(['a.ts']);
  expect(missing).toMatchObject([
    { what: 'the history of inner', remedy: expect.stringContaining('--repo') },
  ]);
});

test('what a hook is told of its repository does not lead to another one', async () => {
  await using other = await committed({ 'other.ts': 'export const b = 1;\n' });
  await using folder = await committed({ 'a.ts': 'export const a = 1;\n' });
  process.env.GIT_DIR = join(other.root, '.git');
  try {
    expect((await readLog(folder.root)).commits.map(({ paths }) => paths)).toEqual([['a.ts']]);
  } finally {
    delete process.env.GIT_DIR;
  }
});

test('without git on the PATH the code is surveyed, and the remedy names git', async () => {
  await using folder = await committed({ 'a.ts': 'export const a = 1;\n' });
  const { PATH } = process.env;
  process.env.PATH = join(folder.root, 'nothing');
  try {
    const { files, missing } = await survey({ repo: folder.root });
    expect(files).toBe(1);
    expect(missing).toMatchObject([{ what: 'history', remedy: expect.stringContaining('install git') }]);
  } finally {
    process.env.PATH = PATH;
  }
});

test('a repository that is broken gives no half of its history', async () => {
  await using folder = await committed({ 'a.ts': 'export const a = 1;\n' });
  const objects = join(folder.root, '.git/objects');
  await rm(objects, { recursive: true });
  await mkdir(objects);
  const { files, history, missing } = await survey({ repo: folder.root });
  expect([files, history]).toEqual([1, undefined]);
  expect(missing).toMatchObject([{ what: 'history', remedy: expect.stringContaining('fresh clone') }]);
});
