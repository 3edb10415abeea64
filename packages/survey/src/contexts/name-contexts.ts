import type { Graph, Module } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { plainWords } from '../words/plain-words.ts';
import { singular, splitIdentifier } from '../words/split-identifier.ts';
import { technicalWords } from '../words/technical-words.ts';
import { domainWords } from './domain-words.ts';
import { nameWords } from './support.ts';

export interface ContextName {
  readonly name: string;
  readonly words: readonly string[];
}

/** What a context is named from. */
export interface NamedFrom {
  readonly modules: readonly string[];
  readonly tables: readonly string[];
}

type Words = ReadonlyMap<string, ReadonlyMap<string, number>>;

const wordsKept = 6;
/** What a word is worth by where it stands; the first word of a name says most. */
const worthOf = { first: 12, further: 8, alone: 6, folder: 3, table: 16, inTable: 8 } as const;
/** How far a word of programs in general is believed. */
const plain = 0.15;
const technical = 0.3;

/**
 * Names each context by the word that it has most of and the others least: of its modules, its tables, its folders, then of all its code. What
 * the data or the entry points speak of goes before words of how the program is made.
 */
export function nameContexts(
  contexts: ReadonlyMap<number, NamedFrom>,
  graph: Graph,
  words: Words,
): Map<number, ContextName> {
  const byId = new Map(graph.modules.map((module) => [module.id, module]));
  const counts = new Map([...contexts].map(([at, from]) => [at, countWords(from, byId, words)] as const));
  const everywhere = new Map<string, number>();
  for (const count of counts.values())
    for (const [word, worth] of count) everywhere.set(word, (everywhere.get(word) ?? 0) + worth);
  const trust = domainWords(graph);
  const belief = (word: string) =>
    (plainWords.has(word) ? plain : technicalWords.has(word) ? technical : 1) * trust(word);
  const taken = new Set<string>();
  const bySize = [...contexts].sort(([a, x], [b, y]) => y.modules.length - x.modules.length || a - b);
  return new Map(
    bySize.map(([at, from]) => {
      const best = [...counts.get(at)!]
        .map(([word, worth]) => [word, (belief(word) * worth * worth) / everywhere.get(word)!] as const)
        .filter(([, worth]) => worth > 0)
        .sort(([a, x], [b, y]) => y - x || compare(a, b))
        .map(([word]) => word);
      const free = [freeName(best, taken), ...from.tables].find(
        (each) => each !== undefined && !taken.has(each),
      );
      const name = free ?? `context-${at + 1}`;
      taken.add(name);
      const telling = best.filter((word) => word === name || !plainWords.has(word));
      return [at, { name: withNumber(name, from, byId), words: telling.slice(0, wordsKept) }];
    }),
  );
}

/** The best word, or the two best where another context has that one. */
function freeName([best, ...others]: readonly string[], taken: ReadonlySet<string>): string | undefined {
  if (best === undefined || !taken.has(best)) return best;
  return others.map((other) => `${best}-${other}`).find((name) => !taken.has(name));
}

/** `hl7` where it is never written without its number. */
function withNumber(name: string, { modules }: NamedFrom, byId: ReadonlyMap<string, Module>): string {
  const written = modules.flatMap((id) => [
    ...byId.get(id)!.name.matchAll(new RegExp(`(?:^|[^A-Za-z]|(?=[A-Z]))${name}(\\d*)`, 'gi')),
  ]);
  const [first] = written;
  return first !== undefined && written.every((each) => each[1] === first[1]) ? `${name}${first[1]}` : name;
}

function countWords(
  { modules, tables }: NamedFrom,
  byId: ReadonlyMap<string, Module>,
  words: Words,
): Map<string, number> {
  const count = new Map<string, number>();
  const add = (word: string, worth: number) => count.set(word, (count.get(word) ?? 0) + worth);
  for (const id of modules) {
    const module = byId.get(id)!;
    const own = splitIdentifier(module.name).map((word) => singular(word));
    for (const [at, word] of own.entries()) add(word, at === 0 ? worthOf.first : worthOf.further);
    const [only, ...more] = nameWords(module.name);
    if (only !== undefined && more.length === 0) add(only, worthOf.alone);
    const folders = splitIdentifier(module.package).map((word) => singular(word));
    for (const word of new Set(folders)) add(word, worthOf.folder);
    for (const [word, weight] of words.get(id) ?? []) add(word, Math.min(1, weight / 8));
  }
  for (const table of tables)
    for (const [at, word] of nameWords(table).entries())
      add(word, at === 0 ? worthOf.table : worthOf.inTable);
  return count;
}
