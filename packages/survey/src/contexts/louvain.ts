import { WeightedGraph } from './weighted-graph.ts';

/** The number of the community of each node, from 0, in the order in which they are first met. */
export type Partition = readonly number[];

/** What a community of this many nodes (or of this much strength) is expected to hold, which its edges must beat. */
export interface Quality {
  readonly resolution: number;
  /** The size of each node: its strength for modularity, 1 for a constant expectation. */
  readonly sizes: readonly number[];
  readonly scale: number;
}

const mostPasses = 30;

/** Modularity with a resolution: M. E. J. Newman, 2004; J. Reichardt and S. Bornholdt, 2006. */
export function modularity(graph: WeightedGraph, resolution: number): Quality {
  const sizes = graph.rows.map((_, node) => graph.strength(node));
  return { resolution, sizes, scale: 2 * graph.total() || 1 };
}

/** The constant Potts model: V. A. Traag, P. Van Dooren and Y. Nesterov, 2011. */
export function constantPotts(graph: WeightedGraph, resolution: number): Quality {
  return { resolution, sizes: graph.rows.map(() => 1), scale: 1 };
}

/**
 * Communities by local moves and aggregation: V. D. Blondel et al., "Fast unfolding of communities in large networks", 2008. Nodes are
 * visited in the order that is given, ties go to the community met first: the same input has the same answer.
 */
export function louvain(graph: WeightedGraph, quality: Quality, order?: readonly number[]): Partition {
  let partition: number[] = graph.rows.map((_, node) => node);
  let level = graph;
  let sizes = [...quality.sizes];
  let visit = order ?? level.rows.map((_, node) => node);
  for (let pass = 0; pass < mostPasses; pass++) {
    const moved = localMoves(level, { ...quality, sizes }, visit);
    const labels = relabelled(moved);
    const count = Math.max(-1, ...labels) + 1;
    partition = partition.map((community) => labels[community]!);
    if (count === level.size) break;
    const merged = new WeightedGraph(count);
    for (const [a, b, weight] of level.edges()) merged.add(labels[a]!, labels[b]!, weight);
    const larger = new Array<number>(count).fill(0);
    for (const [node, size] of sizes.entries()) larger[labels[node]!]! += size;
    level = merged;
    sizes = larger;
    visit = level.rows.map((_, node) => node);
  }
  return relabelled(partition);
}

function localMoves(
  graph: WeightedGraph,
  { resolution, sizes, scale }: Quality,
  order: readonly number[],
): number[] {
  const community = graph.rows.map((_, node) => node);
  const held = [...sizes];
  for (let pass = 0, moved = true; moved && pass < mostPasses; pass++) {
    moved = false;
    for (const node of order) {
      const own = community[node]!;
      held[own]! -= sizes[node]!;
      const towards = new Map<number, number>([[own, 0]]);
      for (const [other, weight] of graph.rows[node]!) {
        const to = community[other]!;
        towards.set(to, (towards.get(to) ?? 0) + weight);
      }
      let [best, most] = [own, gain(towards.get(own)!, own)];
      for (const [to, weight] of towards) {
        const worth = gain(weight, to);
        if (worth > most + 1e-12) [best, most] = [to, worth];
      }
      held[best]! += sizes[node]!;
      community[node] = best;
      if (best !== own) moved = true;

      function gain(weight: number, to: number): number {
        return weight - (resolution * sizes[node]! * held[to]!) / scale;
      }
    }
  }
  return community;
}

/** The same partition with its communities numbered as they are met. */
export function relabelled(partition: readonly number[]): number[] {
  const numbers = new Map<number, number>();
  return partition.map((community) => {
    if (!numbers.has(community)) numbers.set(community, numbers.size);
    return numbers.get(community)!;
  });
}
