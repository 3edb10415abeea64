import type { TieKind } from '../code/facts.ts';
import { addTo } from '../graph/add-to.ts';
import type { Graph } from '../graph/graph.ts';
import { nameWords } from './support.ts';
import { tieGroup } from './tie-group.ts';
import { WeightedGraph } from './weighted-graph.ts';
import { wordLayer } from './word-layer.ts';

/** What one mention of each kind is worth. */
const tieWeights: Readonly<Record<TieKind, number>> = {
  extends: 3,
  implements: 6,
  manages: 6,
  owns: 5,
  relates: 2,
  field: 2,
  creates: 2,
  calls: 1,
  parameter: 1.5,
  returns: 1.5,
  local: 1,
  mentions: 0.5,
  imports: 0.25,
};

/** How much each kind of evidence says; each is brought to the same total first. */
export interface LayerWeights {
  readonly calls: number;
  readonly names: number;
  readonly words: number;
  readonly data: number;
  readonly packages: number;
}

export const layerWeights: LayerWeights = { calls: 1.5, names: 1, words: 1, data: 0.5, packages: 1.5 };

/** How near two modules are to each other, from all that is known of them. */
export function affinity(
  graph: Graph,
  words: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ids: readonly string[],
  weights: LayerWeights = layerWeights,
): WeightedGraph {
  const index = new Map(ids.map((id, at) => [id, at]));
  const calls = tieLayer(graph, index);
  const folders = packageLayer(graph, index, calls);
  const layers: [WeightedGraph, number][] = [
    [calls, weights.calls],
    [nameLayer(graph, index), weights.names],
    [wordLayer(words, ids), weights.words],
    [dataLayer(graph, index), weights.data],
    [folders.layer, weights.packages * folders.fit],
  ];
  const all = new WeightedGraph(ids.length);
  for (const [layer, weight] of layers) {
    const total = layer.total();
    if (total > 0)
      for (const [a, b, each] of layer.edges()) all.add(a, b, (weight * ids.length * each) / total);
  }
  return all;
}

type Index = ReadonlyMap<string, number>;

/** A tie to what many use says little, so that each is divided by the root of how many users both ends have. */
function tieLayer({ ties }: Graph, index: Index): WeightedGraph {
  const raw = new WeightedGraph(index.size);
  for (const { from, to, kinds } of ties) {
    const [a, b] = [index.get(from), index.get(to)];
    if (a === undefined || b === undefined) continue;
    const worth = Object.entries(kinds).reduce(
      (sum, [kind, times]) => sum + tieWeights[kind as TieKind] * (1 + Math.log(times)),
      0,
    );
    raw.add(a, b, worth);
  }
  const normed = new WeightedGraph(index.size);
  for (const [a, b, weight] of raw.edges())
    normed.add(a, b, weight / Math.sqrt(raw.strength(a) * raw.strength(b)));
  return normed;
}

/** Modules whose names have a word in common; the more have it, the less each pair is tied by it. */
function nameLayer({ modules }: Graph, index: Index): WeightedGraph {
  const layer = new WeightedGraph(index.size);
  const having = new Map<string, number[]>();
  for (const { id, name } of modules) {
    const at = index.get(id);
    if (at === undefined) continue;
    for (const word of new Set(nameWords(name))) addTo(having, word, at);
  }
  for (const all of having.values()) {
    if (all.length < 2) continue;
    const weight = Math.log(index.size / all.length) / all.length;
    tieGroup(layer, all, weight);
  }
  return layer;
}

/** Modules that work on the same table, and on tables of which one can't be without the other. */
function dataLayer({ tableUses, foreignKeys }: Graph, index: Index): WeightedGraph {
  const layer = new WeightedGraph(index.size);
  const users = new Map<string, [number, number][]>();
  for (const { module, table, writes, maps } of tableUses) {
    const at = index.get(module);
    if (at === undefined) continue;
    addTo(users, table, [at, maps ? 2 : writes > 0 ? 2 : 1]);
  }
  for (const all of users.values())
    for (const [i, [a, x]] of all.entries())
      for (const [b, y] of all.slice(i + 1)) layer.add(a, b, (x * y) / all.length);
  for (const { from, to, cascades } of foreignKeys) {
    const [mine, theirs] = [users.get(from) ?? [], users.get(to) ?? []];
    for (const [a, x] of mine)
      for (const [b, y] of theirs)
        layer.add(a, b, ((cascades ? 1 : 0.3) * x * y) / (2 * Math.max(mine.length, theirs.length)));
  }
  return layer;
}

/**
 * Folders say something where they follow the ties (by feature), and nothing where they cut across them (by layer). Which of both is
 * measured: by how much more ties stay inside than by chance.
 */
function packageLayer(
  { modules }: Graph,
  index: Index,
  ties: WeightedGraph,
): { layer: WeightedGraph; fit: number } {
  const layer = new WeightedGraph(index.size);
  const total = ties.total();
  let best = 0;
  if (total === 0) return { layer, fit: best };
  for (const folders of foldersByDepth(modules, index)) {
    const fits = folders.map((all) => ({ all, ...stay(all, ties, total) }));
    const sum = (pick: (fit: (typeof fits)[number]) => number) =>
      fits.reduce((all, fit) => all + pick(fit), 0);
    const chance = sum(({ expected }) => expected);
    const whole = (sum(({ within }) => within) - chance) / (total - chance);
    if (!(whole > 0)) continue;
    best = Math.max(best, whole);
    for (const { all, within, expected, possible } of fits) {
      const fit = Math.min(whole, possible <= expected ? 0 : (within - expected) / (possible - expected));
      if (fit <= 0) continue;
      tieGroup(layer, all, fit / all.length);
    }
  }
  return { layer, fit: best };
}

/** The modules of each folder at each depth of the tree, folders of folders with all that is below; the same set is met once. */
function foldersByDepth(modules: Graph['modules'], index: Index): number[][][] {
  const placed = modules.flatMap(({ id, package: name }) => {
    const at = index.get(id);
    return at === undefined ? [] : [{ at, path: name.split(/[./]/) }];
  });
  const seen = new Set<string>();
  const deepest = Math.max(0, ...placed.map(({ path }) => path.length));
  return Array.from({ length: deepest }, (_, depth) => {
    const folders = new Map<string, number[]>();
    for (const { at, path } of placed) {
      const folder = path.slice(0, depth + 1).join('/');
      addTo(folders, folder, at);
    }
    const partition = [...folders.values()].map((all) => all.join()).join(';');
    if (folders.size < 2 || seen.has(partition)) return [];
    seen.add(partition);
    return [...folders.values()];
  }).filter((folders) => folders.length > 0);
}

/** How much of the ties of these modules stays among them, how much would by chance, and how much there is. */
function stay(all: readonly number[], ties: WeightedGraph, total: number) {
  const inside = new Set(all);
  let within = 0;
  let strength = 0;
  for (const node of all) {
    strength += ties.strength(node);
    for (const [other, weight] of ties.rows[node]!) if (inside.has(other)) within += weight / 2;
  }
  return { within, expected: strength ** 2 / (4 * total), possible: strength / 2 };
}
