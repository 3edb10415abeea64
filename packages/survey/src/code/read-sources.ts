import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { SurveyCache } from '../cache/survey-cache.ts';
import type { SourceFacts } from '../graph/build-graph.ts';
import type { Configuration } from '../graph/configured.ts';
import { compare } from '../graph/tie-collector.ts';
import type { Complexity } from '../history/history.ts';
import { indentationOf } from '../history/indentation.ts';
import { facesView } from '../java/xml/faces-view.ts';
import { readMapperXml } from '../java/xml/mybatis-xml.ts';
import { readConfiguration } from '../java/xml/read-configuration.ts';
import { readPrisma } from '../sql/read-prisma.ts';
import { readRailsSchema } from '../sql/read-rails-schema.ts';
import { readSchema, type Schema } from '../sql/read-schema.ts';
import type { FileFacts } from './facts.ts';
import type { FileReading } from './file-reading.ts';
import type { Language } from './language.ts';
import { filesBelow, isWanted, unreadable } from './list-files.ts';
import { textOfBytes } from './text-of-bytes.ts';

/** What is left out of a survey, and why. */
export interface Omission {
  readonly path: string;
  readonly why: string;
}

export interface Sources {
  readonly facts: SourceFacts;
  readonly omissions: readonly Omission[];
  readonly files: number;
  readonly complexity: ReadonlyMap<string, Complexity>;
}

/** The files that are to be read, with what tells whether they have changed. */
export interface ListedSources {
  readonly root: string;
  readonly languages: readonly Language[];
  readonly files: readonly { readonly path: string; readonly hash: string }[];
  readonly omissions: readonly Omission[];
  readonly count: number;
  /** Of all that is read, names and contents. */
  readonly hash: string;
}

/** A file over this many bytes is taken to be generated. */
const largest = 1_000_000;

/**
 * Lists all code, schema scripts and mapper files below a folder. What can't be read is named and left out.
 *
 * @throws SurveyError `not-a-folder`, `too-many-files`
 */
export async function listSources(
  root: string,
  languagesOf: (paths: readonly string[]) => Promise<readonly Language[]>,
): Promise<ListedSources> {
  const { paths, closed } = await filesBelow(root);
  const languages = await languagesOf(paths);
  const omissions: Omission[] = [...closed];
  const files: { path: string; hash: string }[] = [];
  const all = createHash('sha256');
  for (const { path, text } of await configure(root, languages, paths))
    all.update(JSON.stringify([path, text]));
  const wanted = paths.filter((path) => isWanted(path, languages));
  for (const path of wanted) {
    try {
      const { size } = await stat(join(root, path));
      if (size > largest) {
        omissions.push({ path, why: `${(size / 1e6).toFixed(1)} MB: taken to be generated` });
        continue;
      }
      const hash = createHash('sha256')
        .update(await readFile(join(root, path)))
        .digest('base64');
      files.push({ path, hash });
      all.update(JSON.stringify([path, hash]));
    } catch (error) {
      omissions.push({ path, why: unreadable(path, error) });
    }
  }
  all.update(JSON.stringify(omissions));
  return { root, languages, files, omissions, count: wanted.length, hash: all.digest('base64') };
}

/** Reads what was listed, or takes it from the cache where it has not changed. */
export async function readSources(
  { root, languages, files, omissions: before, count }: ListedSources,
  cache: SurveyCache | undefined,
  onProgress: (read: number, of: number) => void = () => {},
): Promise<Sources> {
  const omissions: Omission[] = [...before];
  const complexity = new Map<string, Complexity>();
  const code = languages.map((language) => ({ language, files: [] as FileFacts[] }));
  const schemas: SourceFacts['schemas'][number][] = [];
  const mappers: SourceFacts['mappers'][number][] = [];
  const configurations: Configuration[] = [];
  const known = await cache?.readings();
  for (const [index, { path, hash }] of files.entries()) {
    onProgress(index, files.length);
    const one = known?.get(hash, path) ?? (await readOne(root, path, languages));
    known?.keep(hash, path, one);
    if (one.kind === 'schema') schemas.push({ path, schema: one.schema });
    if (one.kind === 'mapper') mappers.push({ path, mapper: one.mapper });
    if (one.kind === 'configuration') configurations.push({ path, classes: one.classes });
    if (one.kind === 'unreadable') omissions.push({ path, why: one.why });
    if (one.kind !== 'code') continue;
    const of = code.find(({ language }) => language.name === one.language)!;
    const { syntaxErrors } = one.facts;
    if (syntaxErrors > 0)
      omissions.push({ path, why: `${syntaxErrors} places that are no ${one.language}; the rest was read` });
    of.files.push(one.facts);
    complexity.set(path, { byIndentation: one.indentation, byTree: one.facts.complexity });
  }
  await known?.save();
  for (const one of code) one.files = one.language.link?.(one.files) ?? one.files;
  omissions.sort((a, b) => compare(a.path, b.path));
  return { facts: { code, schemas, mappers, configurations }, omissions, files: count, complexity };
}

async function readOne(root: string, path: string, languages: readonly Language[]): Promise<FileReading> {
  try {
    const text = textOfBytes(await readFile(join(root, path)));
    if (text === undefined) return { kind: 'unreadable', why: 'it is no text' };
    return understood(path, text, languages);
  } catch (error) {
    // The other files are read all the same.
    if (error instanceof RangeError)
      return { kind: 'unreadable', why: 'it is nested too deeply: taken to be generated' };
    return { kind: 'unreadable', why: unreadable(path, error) };
  }
}

const readersOfSchemas: Readonly<Record<string, (text: string) => Schema>> = {
  '.sql': readSchema,
  '.prisma': readPrisma,
};
const isRailsSchema = /(^|\/)db\/(\w+_)?schema\.rb$/;

/** Whether a file says what the database is, not what the code takes it for. */
export function isSchemaScript(path: string): boolean {
  return path.endsWith('.sql') || isRailsSchema.test(path);
}

function understood(path: string, text: string, languages: readonly Language[]): FileReading {
  const extension = extname(path);
  const ofSchema = isRailsSchema.test(path) ? readRailsSchema : readersOfSchemas[extension];
  if (ofSchema !== undefined) {
    const schema = ofSchema(text);
    const { tables, foreignKeys, code = [] } = schema;
    const isEmpty = tables.length + foreignKeys.length + code.length === 0;
    return isEmpty ? { kind: 'nothing' } : { kind: 'schema', schema };
  }
  if (extension === '.xml') {
    const mapper = readMapperXml(text);
    if (mapper !== undefined) return { kind: 'mapper', mapper };
    const classes = readConfiguration(text);
    return classes.length === 0 ? { kind: 'nothing' } : { kind: 'configuration', classes };
  }
  if (extension === '.xhtml') {
    const classes = facesView(path, text);
    return classes.length === 0 ? { kind: 'nothing' } : { kind: 'configuration', classes };
  }
  const language = languages.find(({ extensions }) => extensions.includes(extension))!;
  const facts = language.read(path, text);
  return { kind: 'code', language: language.name, facts, indentation: indentationOf(text) };
}

async function configure(
  root: string,
  languages: readonly Language[],
  paths: readonly string[],
): Promise<{ path: string; text: string }[]> {
  const all: { path: string; text: string }[] = [];
  for (const { settings, configure: use } of languages) {
    const found = paths.filter((path) => settings?.includes(path.split('/').at(-1)!));
    const read = await Promise.all(
      found.map(async (path) => ({
        path,
        text: textOfBytes(await readFile(join(root, path)).catch(none)) ?? '',
      })),
    );
    use?.(read);
    all.push(...read);
  }
  return all;
}

function none(): Buffer {
  return Buffer.of();
}
