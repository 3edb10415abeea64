import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { SurveyError } from '../errors.ts';
import type { SourceFacts } from '../graph/build-graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { indentationOf } from '../history/indentation.ts';
import { readMapperXml } from '../java/mybatis-xml.ts';
import { readPrisma } from '../sql/read-prisma.ts';
import { readSchema } from '../sql/read-schema.ts';
import type { FileFacts } from './facts.ts';
import type { Language } from './language.ts';

/** What is left out of a survey, and why. */
export interface Omission {
  readonly path: string;
  readonly why: string;
}

export interface Sources {
  readonly facts: SourceFacts;
  readonly omissions: readonly Omission[];
  readonly files: number;
  /** By path: how deeply the lines of each file of code are indented, in sum. */
  readonly indentation: ReadonlyMap<string, number>;
}

/** A file over this many bytes is taken to be generated. */
const largest = 1_000_000;
const most = 100_000;

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

/** Reads all code, schema scripts and mapper files below a folder. Nothing is written. */
export async function readSources(
  root: string,
  languagesOf: (paths: readonly string[]) => Promise<readonly Language[]>,
  onProgress: (read: number, of: number) => void = () => {},
): Promise<Sources> {
  const paths = await filesBelow(root);
  const languages = await languagesOf(paths);
  const omissions: Omission[] = [];
  const indentation = new Map<string, number>();
  const code = languages.map((language) => ({ language, files: [] as FileFacts[] }));
  const schemas: SourceFacts['schemas'][number][] = [];
  const mappers: SourceFacts['mappers'][number][] = [];
  await configure(root, languages, paths);
  const wanted = paths.filter((path) => isWanted(path, languages));
  for (const [index, path] of wanted.entries()) {
    onProgress(index, wanted.length);
    const extension = extname(path);
    const full = join(root, path);
    const { size } = await stat(full);
    if (size > largest) {
      omissions.push({ path, why: `${(size / 1e6).toFixed(1)} MB: taken to be generated` });
      continue;
    }
    const text = await readFile(full, 'utf8');
    if (extension === '.sql' || extension === '.prisma') {
      const schema = extension === '.sql' ? readSchema(text) : readPrisma(text);
      if (schema.tables.length + schema.foreignKeys.length > 0) schemas.push({ path, schema });
    } else if (extension === '.xml') {
      const mapper = readMapperXml(text);
      if (mapper !== undefined) mappers.push({ path, mapper });
    } else {
      const one = code.find(({ language }) => language.extensions.includes(extension))!;
      const facts = one.language.read(path, text);
      if (facts.syntaxErrors > 0)
        omissions.push({
          path,
          why: `${facts.syntaxErrors} places that are no ${one.language.name}; the rest was read`,
        });
      one.files.push(facts);
      indentation.set(path, indentationOf(text));
    }
  }
  for (const one of code) one.files = one.language.link?.(one.files) ?? one.files;
  return { facts: { code, schemas, mappers }, omissions, files: wanted.length, indentation };
}

async function configure(
  root: string,
  languages: readonly Language[],
  paths: readonly string[],
): Promise<void> {
  for (const { settings, configure: use } of languages) {
    const found = paths.filter((path) => settings?.includes(path.split('/').at(-1)!));
    use?.(
      await Promise.all(
        found.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
      ),
    );
  }
}

/** Tests and declarations are no part of what runs. */
const tests = [
  /(\.(test|spec|stories)\.[^.]+|-spec\.[^.]+|\.d\.[mc]?ts|\.min\.js)$/,
  /(^|\/)(test_[^/]*|conftest)\.py$|_(test\.(py|go|rb)|spec\.rb)$|Tests?\.(cs|php)$/,
];

/** What changed the schema once is no part of what runs either; what it is today the classes say. */
const migrations = /(^|\/)([Mm]igrations|db\/migrate)\/[^/]*\.(py|rb|cs|php)$/;

/** Scripts there are sent to browsers. */
const assets = /(^|\/)(static|public|webapp|assets|www)\/.*\.[cm]?[jt]sx?$/;

function isWanted(path: string, languages: readonly Language[]): boolean {
  const extension = extname(path);
  if (tests.some((each) => each.test(path)) || assets.test(path) || migrations.test(path)) return false;
  return (
    extension === '.sql' ||
    extension === '.prisma' ||
    (extension === '.xml' && !path.endsWith('pom.xml')) ||
    languages.some(({ extensions }) => extensions.includes(extension))
  );
}

async function filesBelow(root: string): Promise<string[]> {
  const found: string[] = [];
  try {
    if (!(await stat(root)).isDirectory()) throw new Error('not a folder');
  } catch (cause) {
    throw new SurveyError(
      'not-a-folder',
      `${root} is no folder that can be read. Give the folder of the code with --repo.`,
      { cause },
    );
  }
  await below(root);
  return found.map((path) => path.split(sep).join('/')).sort(compare);

  async function below(folder: string): Promise<void> {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name) && !testFolders.has(entry.name))
          await below(join(folder, entry.name));
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
}
