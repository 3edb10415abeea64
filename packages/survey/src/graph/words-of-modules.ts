import { moduleWords } from '../words/module-words.ts';
import { addTo } from './add-to.ts';
import type { Graph } from './graph.ts';
import type { Placed } from './placed.ts';

/** The words of each module with their weights. */
export function wordsOfModules(
  placed: readonly Placed[],
  graph: Graph,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const tables = new Map<string, string[]>();
  for (const { module, table } of graph.tableUses) addTo(tables, module, table);
  const everywhere = commonPrefix(placed.map(({ file }) => file.package.split('.')));
  return new Map(
    placed.map(({ id, unit, file }) => {
      const packageWords = file.package.split('.').slice(everywhere);
      return [id, moduleWords({ unit, packageWords, tables: tables.get(id) ?? [] })];
    }),
  );
}

function commonPrefix(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  const end = first.findIndex((part, at) => paths.some((path) => path[at] !== part));
  return end < 0 ? first.length : end;
}
