import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BanyanError, Invalid, NotFound } from '@banyan/runtime';
import type { BanyanConfig, MigrationConfig, SplitConfig } from './config.ts';
import { configSchema } from './config-schema.ts';
import { lineOf, linesOf } from './locate.ts';

const defaultNames = ['banyan.config.ts', 'banyan.config.js', 'banyan.config.mjs'];

/**
 * Reads and checks a configuration file.
 * @param file Path of the file; without it, `banyan.config.ts`, `.js` or `.mjs` in `directory`.
 * @throws NotFound `config-missing`, Invalid `config-not-loaded` where its code fails, `config-invalid` with every mistake in one message.
 */
export async function loadConfig(file?: string, directory = process.cwd()): Promise<BanyanConfig> {
  const found = findConfig(file, directory);
  if (found === undefined) throw missing(file, directory);
  const module = (await importModule(found).catch((error: unknown) => {
    throw notLoaded(found, error);
  })) as { default?: unknown };
  return checkConfig(module.default, found, await readFile(found, 'utf8'));
}

/** The path of a configuration file, if there is one. */
export function findConfig(file: string | undefined, directory: string): string | undefined {
  const candidates = file === undefined ? defaultNames : [file];
  return candidates.map((name) => path.resolve(directory, name)).find((name) => existsSync(name));
}

function missing(file: string | undefined, directory: string): NotFound {
  const looked = file ?? defaultNames.join(' or ');
  return new NotFound(
    'config-missing',
    `There is no ${looked} in ${directory}. Write one (see the README) or name it with --config.`,
  );
}

function notLoaded(file: string, caught: unknown): BanyanError {
  if (caught instanceof BanyanError) return caught;
  const error: NodeJS.ErrnoException = caught instanceof Error ? caught : new Error(String(caught));
  const { message, stack = '', code } = error;
  const said = message.split('Require stack:')[0]!.replace(/\s+/g, ' ').trim();
  const folder = path.dirname(file);
  const frame = stack
    .replace(message, '')
    .split('\n')
    .find((line) => line.includes(folder) && !line.includes('node_modules'));
  const where = frame === undefined ? '' : ` (${frame.trim()})`;
  const install = code?.endsWith('MODULE_NOT_FOUND')
    ? ` What it imports is looked for from ${folder} on: install it there.`
    : '';
  return new Invalid('config-not-loaded', `${file} can't be loaded: ${said}${where}${install}`, {
    cause: caught,
  });
}

/** Imports a module of the user's, which may be TypeScript. */
export async function importModule(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  // Newer versions of Node, and a process that runs from source, import TypeScript themselves; others need a loader.
  try {
    return await import(url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    const { createJiti } = await import('jiti');
    return await createJiti(import.meta.url).import(file);
  }
}

/** Checks a configuration that came from anywhere; with its source, mistakes are told with their lines. */
export function checkConfig(value: unknown, origin: string, source = ''): BanyanConfig {
  const result = configSchema.safeParse(value);
  if (result.success) return value as BanyanConfig;
  const lines = linesOf(source);
  const mistakes = result.error.issues.map((issue) => {
    // Of a key that is not known the path is that of what it is in.
    const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const line = lineOf(lines, unknown === undefined ? issue.path : [...issue.path, unknown]);
    const where = issue.path.join('.') || '(the default export)';
    return `  ${line === undefined ? '' : `line ${line}, `}${where}: ${sentenceOf(issue)}`;
  });
  throw new Invalid('config-invalid', `${origin} can't be used:\n${mistakes.join('\n')}`);
}

/** What the schema's library says of most things is plain; of what is not there it speaks of inputs. */
function sentenceOf({ code, message }: { readonly code?: string; readonly message: string }): string {
  const missing =
    code === 'invalid_type' && /^Invalid input: expected (\w+), received undefined$/.exec(message);
  return missing ? `is missing (${missing[1] === 'record' ? 'object' : missing[1]})` : message;
}

/** One migration of a configuration, by name. */
export function migrationOf(config: BanyanConfig, name: string): MigrationConfig {
  const migration = config.migrations[name];
  if (migration !== undefined && Object.hasOwn(config.migrations, name)) return migration;
  const known = Object.keys(config.migrations).join(', ') || 'none';
  throw new NotFound(
    'migration-unknown',
    `There is no migration ${JSON.stringify(name)} in the configuration. It has: ${known}.`,
  );
}

/** One split of a configuration, by name. */
export function splitOf({ splits = {} }: BanyanConfig, name: string): SplitConfig {
  const split = splits[name];
  if (split !== undefined && Object.hasOwn(splits, name)) return split;
  const known = Object.keys(splits).join(', ') || 'none';
  throw new NotFound(
    'split-unknown',
    `There is no split ${JSON.stringify(name)} in the configuration. It has: ${known}.`,
  );
}
