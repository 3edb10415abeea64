import type { Graph } from '../graph/graph.ts';
import { affinity } from './affinity.ts';
import { consensus } from './consensus.ts';
import { inseparable } from './inseparable.ts';
import { WeightedGraph } from './weighted-graph.ts';

/** From so coarse that a system is in two or three parts to so fine that each aggregate is one. */
const resolutions = Array.from({ length: 10 }, (_, at) => 0.8 * 4 ** (at / 9));
/** How often each resolution is tried: the larger the graph, the less one more trial changes. */
const trialsOf = (size: number) => (size > 2_000 ? 1 : size > 300 ? 2 : 6);

/** The community of each of these modules. */
export function communities(
  graph: Graph,
  words: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ids: readonly string[],
): Map<string, number> {
  const groups = inseparable(graph, ids);
  const near = affinity(graph, words, ids);
  const merged = new WeightedGraph(new Set(groups.values()).size);
  for (const [a, b, weight] of near.edges()) merged.add(groups.get(ids[a]!)!, groups.get(ids[b]!)!, weight);
  const { partition } = consensus(merged, { resolutions, trials: trialsOf(merged.size), noise: 0.3 });
  return new Map(ids.map((id) => [id, partition[groups.get(id)!]!]));
}
