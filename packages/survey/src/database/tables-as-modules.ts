import type { Graph, Module, Tie } from '../graph/graph.ts';
import { plainWords } from '../words/plain-words.ts';
import { singular, splitIdentifier } from '../words/split-identifier.ts';
import type { Catalogue } from './catalogue.ts';
import type { CountedStatement } from './read-statements.ts';
import type { WrittenTogether } from './temporary-slot.ts';

/**
 * Where there is no code, tables take the place of modules: foreign keys, common transactions and joins are their ties, and the names of the
 * tables and of their columns are their words.
 */
export function tablesAsModules(
  catalogue: Catalogue,
  statements: readonly CountedStatement[],
  together: readonly WrittenTogether[],
): { graph: Pick<Graph, 'modules' | 'ties'>; words: Map<string, Map<string, number>> } {
  const modules = catalogue.tables.map(
    ({ name, schema }): Module => ({
      id: name,
      name,
      kind: 'module',
      language: 'sql',
      package: schema,
      path: `${schema}.${name}`,
      line: 1,
      lines: 1,
    }),
  );
  const known = new Set(modules.map(({ id }) => id));
  const ties: Tie[] = catalogue.foreignKeys
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, cascades }) => ({
      from,
      to,
      kinds: { [cascades ? 'owns' : 'relates']: 1 },
      evidence: [],
    }));
  const pairs = (tables: readonly string[], kind: 'creates' | 'calls', times: number) => {
    const here = tables.filter((table) => known.has(table));
    for (const [at, from] of here.entries())
      for (const to of here.slice(at + 1))
        ties.push({ from, to, kinds: { [kind]: Math.ceil(times) }, evidence: [] });
  };
  for (const { tables, transactions } of together) pairs(tables, 'creates', transactions);
  for (const { reads, writes, callsPerHour } of statements)
    pairs([...new Set([...reads, ...writes])], 'calls', Math.max(1, callsPerHour));
  return {
    graph: { modules, ties },
    words: new Map(catalogue.tables.map((table) => [table.name, wordsOf(table)])),
  };
}

function wordsOf({ name, columns }: Catalogue['tables'][number]): Map<string, number> {
  const words = new Map<string, number>();
  const add = (identifier: string, weight: number) => {
    for (const word of splitIdentifier(identifier).map((each) => singular(each)))
      if (!plainWords.has(word)) words.set(word, (words.get(word) ?? 0) + weight);
  };
  add(name, 8);
  for (const column of columns) add(column, 1);
  return words;
}
