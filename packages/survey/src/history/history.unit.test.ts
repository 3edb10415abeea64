import { execFileSync } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { survey } from '../survey.ts';
import { folderOf } from '../testing/hotel.ts';
import { indentationOf } from './indentation.ts';
import { readLog } from './read-log.ts';
import { summariseHistory } from './summarise-history.ts';

const commit = (author: string, ...paths: string[]) => ({ author, time: 1_700_000_000, paths });

test('files that change together are coupled; merges of many files say nothing', () => {
  const many = Array.from({ length: 50 }, (_, at) => `f${at}`);
  const complexity = new Map(
    [...many, 'a', 'b', 'c'].map((path, at) => [path, { byIndentation: at, byTree: at }]),
  );
  const { coupled, files, massCommits } = summariseHistory(
    [commit('x', 'a', 'b'), commit('y', 'a', 'b', 'gone'), commit('x', 'a', 'c'), commit('x', ...many)],
    complexity,
  );
  expect(coupled).toEqual([{ files: ['a', 'b'], together: 2, share: 2 / 3 }]);
  expect(files[0]).toMatchObject({ path: 'a', changes: 3, authors: 2 });
  expect(files.map(({ path }) => path)).not.toContain('gone');
  expect(massCommits).toBe(1);
});

test('indentation is counted by levels, blank lines not at all', () => {
  expect(indentationOf('a\n  b\n\tc\n    \n      d')).toBe(1 + 1 + 3);
});

test('the log of a folder is read, names with spaces too', async () => {
  await using folder = await folderOf({
    'src/one two.ts': 'export const a = 1;\n',
    'other.ts': 'export const b = 1;\n',
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder.root, '-c', 'user.email=a@b', '-c', 'user.name=a', ...args]);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  await appendFile(join(folder.root, 'src/one two.ts'), 'export const c = 1;\n');
  git('commit', '-qam', 'second');
  const { commits } = await readLog(join(folder.root, 'src'));
  expect(commits.map(({ paths }) => paths)).toEqual([['one two.ts'], ['one two.ts']]);
  const { history } = await survey({ repo: folder.root });
  expect(history?.files[0]).toMatchObject({ path: 'src/one two.ts', changes: 2 });
});

test('a folder without history says how to get one', async () => {
  await using folder = await folderOf({ 'a.ts': 'export const a = 1;\n' });
  const { missing, history } = await survey({ repo: folder.root });
  expect(history).toBeUndefined();
  expect(missing[0]?.remedy).toContain('.git');
});
