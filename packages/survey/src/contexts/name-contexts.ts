import type { Graph } from '../graph/graph.ts';
import { compare } from '../graph/tie-collector.ts';
import { nameWords } from './support.ts';

export interface ContextName {
  readonly name: string;
  readonly words: readonly string[];
}

const wordsKept = 6;

/** Names each context by the words that it has most of and the others least: those of its classes first, then of all its code. */
export function nameContexts(
  members: ReadonlyMap<number, readonly string[]>,
  { modules }: Graph,
  words: ReadonlyMap<string, ReadonlyMap<string, number>>,
): Map<number, ContextName> {
  const nameOf = new Map(modules.map(({ id, name }) => [id, name]));
  const counts = new Map(
    [...members].map(([context, ids]) => {
      const count = new Map<string, number>();
      const add = (word: string, worth: number) => count.set(word, (count.get(word) ?? 0) + worth);
      for (const id of ids) {
        for (const [at, word] of nameWords(nameOf.get(id)!).entries()) add(word, at === 0 ? 12 : 8);
        for (const [word, weight] of words.get(id) ?? []) add(word, Math.min(1, weight / 8));
      }
      return [context, count] as const;
    }),
  );
  const everywhere = new Map<string, number>();
  for (const count of counts.values())
    for (const [word, worth] of count) everywhere.set(word, (everywhere.get(word) ?? 0) + worth);
  const taken = new Set<string>();
  const bySize = [...members].sort(([a, x], [b, y]) => y.length - x.length || a - b);
  return new Map(
    bySize.map(([context]) => {
      const best = [...counts.get(context)!]
        .map(([word, worth]) => [word, (worth * worth) / everywhere.get(word)!] as const)
        .sort(([a, x], [b, y]) => y - x || compare(a, b))
        .map(([word]) => word);
      const name = best.find((word) => !taken.has(word)) ?? `context-${context + 1}`;
      taken.add(name);
      return [context, { name, words: best.slice(0, wordsKept) }];
    }),
  );
}
