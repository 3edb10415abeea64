import type { CallChain, FileFacts, TextFact } from '../code/facts.ts';
import type { ImportResolver } from './resolve-imports.ts';
import { mark } from './text.ts';

const deepest = 6;
const marked = new RegExp(`${mark}([^${mark}]*)${mark}`, 'g');

/** Where a name of a file comes from: the file that declares it and its name there. */
export interface Origin {
  readonly file: FileFacts;
  readonly name: string;
}

/** Finds where names come from, through files that pass them on. */
export function originFinder(files: readonly FileFacts[], imports: ImportResolver) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const find = (file: FileFacts, name: string, depth = 0): Origin | undefined => {
    const imported = file.imports.find(({ as }) => as === name);
    if (imported === undefined) return file.units[0]?.nested.includes(name) ? { file, name } : undefined;
    const target = byPath.get(imports.resolve(file.path, imported.from) ?? '');
    return target === undefined ? undefined : passedOn(target, imported.name ?? name, depth);
  };
  const passedOn = (file: FileFacts, name: string, depth: number): Origin => {
    if (depth < deepest && !file.units[0]?.nested.includes(name)) {
      for (const each of file.reexports ?? []) {
        if (each.as !== '*' && each.as !== name) continue;
        const target = byPath.get(imports.resolve(file.path, each.from) ?? '');
        if (target === undefined) continue;
        const inner = passedOn(target, each.as === '*' ? name : (each.name ?? name), depth + 1);
        if (each.as === name || inner.file.units[0]?.nested.includes(inner.name)) return inner;
      }
    }
    return { file, name };
  };
  return find;
}

/** Puts constants of other files into texts, and the paths under which routes are hung before them. */
export function linkModules(files: readonly FileFacts[], imports: ImportResolver): FileFacts[] {
  const find = originFinder(files, imports);
  const prefixes = new Map<string, string>();
  for (const file of files)
    for (const { path, name } of file.mounts ?? []) {
      const origin = find(file, name);
      if (origin !== undefined) prefixes.set(origin.file.path, path);
    }
  const whole = (file: FileFacts, text: string, depth = 0): string =>
    text.replace(marked, (_all, name: string) => {
      const origin = file.constants?.has(name) ? { file, name } : find(file, name);
      const value = origin?.file.constants?.get(origin.name);
      return value === undefined || origin === undefined || depth > deepest
        ? ' ? '
        : whole(origin.file, value, depth + 1);
    });
  return files.map((file) => ({
    ...file,
    units: file.units.map((unit) => ({
      ...unit,
      chains: unit.chains?.map((chain) => linkedChain(chain, (text) => whole(file, text))),
      texts: unit.texts.map((text): TextFact => ({ ...text, text: whole(file, text.text) })),
      routes: unit.routes?.map((route) => ({
        ...route,
        path: joined(prefixes.get(file.path) ?? '', whole(file, route.path)),
      })),
    })),
  }));
}

function linkedChain(chain: CallChain, whole: (text: string) => string): CallChain {
  return {
    ...chain,
    segments: chain.segments.map(({ name, given }) =>
      given === undefined
        ? { name }
        : {
            name,
            given: given.map((one) => (one.text?.includes(mark) ? { ...one, text: whole(one.text) } : one)),
          },
    ),
  };
}

function joined(prefix: string, path: string): string {
  return `${prefix}/${path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
}
