import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { SurveyError } from '../errors.ts';
import { compare } from '../graph/tie-collector.ts';
import type { Language } from './language.ts';

const most = 100_000;
const linked = 'it links to a folder elsewhere, and links are not followed; survey that one with --repo';

const skippedFolders = new Set([
  'node_modules',
  'target',
  'build',
  'dist',
  'out',
  'bin',
  'obj',
  'vendor',
  'coverage',
  '__pycache__',
  'venv',
]);
const testFolders = new Set(['test', 'tests', '__tests__', 'spec', 'testing', 'androidTest', 'e2e']);

/** Tests and declarations are no part of what runs. */
const tests = [
  /(\.(test|spec|story|stories|mock)\.[^.]+|-spec\.[^.]+|\.d\.[mc]?ts|\.min\.js)$/,
  /(^|\/)(test_[^/]*|conftest)\.py$|_(test\.(py|go|rb)|spec\.rb)$|Tests?\.(cs|php)$/,
];

/** What changed the schema once is no part of what runs either; what it is today the classes say. */
const migrations = /(^|\/)([Mm]igrations|db\/migrate)\/[^/]*\.(py|rb|cs|php)$/;

/** Scripts there are sent to browsers; TypeScript is not, but where a web application is put together. */
const assets = /(^|\/)((static|public|assets)\/.*\.[cm]?jsx?|(webapp|www)\/.*\.[cm]?[jt]sx?)$/;

/** Settings of tools are code that runs no part of the program. */
const settings =
  /(^|\/)(\w+\.)?(eslint|prettier|jest|vite|vitest|webpack|rollup|babel|postcss|tailwind|playwright|cypress|karma|metro|stylelint|commitlint|tsup)\.(config|preset|setup|conf)\.[^/]*$/;

/** Whether a file of these languages is read. */
export function isWanted(path: string, languages: readonly Language[]): boolean {
  const extension = extname(path);
  if (
    tests.some((each) => each.test(path)) ||
    assets.test(path) ||
    migrations.test(path) ||
    settings.test(path)
  )
    return false;
  return (
    extension === '.sql' ||
    extension === '.prisma' ||
    extension === '.xhtml' ||
    (extension === '.xml' && !path.endsWith('pom.xml')) ||
    languages.some(({ extensions }) => extensions.includes(extension))
  );
}

/** A folder that was not looked into. */
export interface ClosedFolder {
  readonly path: string;
  readonly why: string;
}

/** Why a file or a folder can't be read. */
export function unreadable(path: string, error: unknown): string {
  // What is no UTF-8 in a name was replaced when the folder was listed, and nothing has that name.
  if (path.includes('\ufffd')) return 'its name is no UTF-8';
  return `it can't be read: ${error instanceof Error ? error.message : String(error)}`;
}

/**
 * All files below a folder, in order, without those of others and tests.
 *
 * @throws SurveyError `not-a-folder`, `too-many-files`
 */
export async function filesBelow(root: string): Promise<{ paths: string[]; closed: ClosedFolder[] }> {
  const found: string[] = [];
  const closed: ClosedFolder[] = [];
  try {
    if (!(await stat(root)).isDirectory()) throw new Error('not a folder');
  } catch (cause) {
    throw new SurveyError(
      'not-a-folder',
      `${root} is no folder that can be read. Give the folder of the code with --repo.`,
      { cause },
    );
  }
  const real = await realpath(root);
  await below(root);
  return { paths: found.map((path) => path.split(sep).join('/')).sort(compare), closed };

  async function below(folder: string): Promise<void> {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      const path = relative(root, folder) || '.';
      closed.push({ path, why: unreadable(path, error) });
      return [];
    });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const isSkipped = skippedFolders.has(entry.name) || testFolders.has(entry.name);
      if (entry.isDirectory()) {
        if (!isSkipped) await below(join(folder, entry.name));
      } else if (entry.isSymbolicLink()) {
        if (!isSkipped && (await leadsAway(join(folder, entry.name))))
          closed.push({ path: relative(root, join(folder, entry.name)), why: linked });
      } else if (entry.isFile()) {
        found.push(relative(root, join(folder, entry.name)));
        if (found.length > most)
          throw new SurveyError(
            'too-many-files',
            `${root} has more than ${most} files. Survey one of its folders with --repo.`,
          );
      }
    }
  }

  /** What it links to inside the folder is met on its own. */
  async function leadsAway(link: string): Promise<boolean> {
    try {
      const target = await realpath(link);
      return (await stat(target)).isDirectory() && relative(real, target).startsWith('..');
    } catch {
      return false;
    }
  }
}
