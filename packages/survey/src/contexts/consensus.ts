import { constantPotts, louvain, modularity, type Partition } from './louvain.ts';
import { seededRandom, shuffled } from './random.ts';
import { WeightedGraph } from './weighted-graph.ts';

export interface ConsensusOptions {
  /** From coarse to fine. */
  readonly resolutions: readonly number[];
  /** How often each is tried with disturbed weights. */
  readonly trials: number;
  /** By how much a weight is disturbed, as a share of it. */
  readonly noise: number;
}

export interface Consensus {
  readonly partition: Partition;
  /** Of any two nodes with an edge, the share of trials that put them together. */
  readonly together: WeightedGraph;
}

/**
 * Communities that many partitions agree upon, over a range of resolutions and under disturbed weights, so that neither the number of
 * communities nor a resolution is given: L. G. S. Jeub, O. Sporns and S. Fortunato, "Multiresolution consensus clustering in networks",
 * 2018. Two nodes belong together where they are together more often than by chance; chance is the share of all pairs that the trials
 * put together. Only pairs that share an edge or a neighbour are counted, as in A. Tandon et al., "Fast consensus clustering", 2019.
 */
export function consensus(graph: WeightedGraph, { resolutions, trials, noise }: ConsensusOptions): Consensus {
  const random = seededRandom(1);
  const together = new WeightedGraph(graph.size);
  const pairs = closePairs(graph);
  let byChance = 0;
  const runs = resolutions.length * trials;
  for (const resolution of resolutions) {
    for (let trial = 0; trial < trials; trial++) {
      const tried = disturbed(graph, noise, random);
      const partition = louvain(tried, modularity(tried, resolution), shuffled(graph.size, random));
      byChance += chance(partition) / runs;
      for (const [a, b] of pairs) if (partition[a] === partition[b]) together.add(a, b, 1 / runs);
    }
  }
  return { partition: louvain(together, constantPotts(together, byChance)), together };
}

function closePairs(graph: WeightedGraph): [number, number][] {
  const dense = graph.size <= 600;
  const pairs: [number, number][] = [];
  if (dense) {
    for (let a = 0; a < graph.size; a++) for (let b = a + 1; b < graph.size; b++) pairs.push([a, b]);
    return pairs;
  }
  for (const [a, b] of graph.edges()) pairs.push([a, b]);
  return pairs;
}

/** The share of pairs that are in one community. */
function chance(partition: Partition): number {
  const sizes = new Map<number, number>();
  for (const community of partition) sizes.set(community, (sizes.get(community) ?? 0) + 1);
  const size = partition.length;
  if (size < 2) return 1;
  let sum = 0;
  for (const each of sizes.values()) sum += (each * (each - 1)) / (size * (size - 1));
  return sum;
}

function disturbed(graph: WeightedGraph, noise: number, random: () => number): WeightedGraph {
  const copy = new WeightedGraph(graph.size);
  for (const [a, b, weight] of graph.edges()) copy.add(a, b, weight * (1 + noise * (2 * random() - 1)));
  return copy;
}
