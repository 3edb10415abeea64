import { type EdgeList, edgeList, flatGraph, flattened } from './flat-graph.ts';
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
  const edges = edgeList(graph);
  const tried = flatGraph(edges);
  const pairs = closePairs(edges);
  const runs = resolutions.length * trials;
  const shares = new Float64Array(pairs.from.length);
  const firstRun = new Int32Array(pairs.from.length).fill(runs);
  let [byChance, run] = [0, 0];
  for (const resolution of resolutions) {
    for (let trial = 0; trial < trials; trial++, run++) {
      disturb(tried, edges, noise, random);
      const partition = louvain(tried, modularity(tried, resolution), shuffled(graph.size, random));
      byChance += chance(partition) / runs;
      for (let at = 0; at < shares.length; at++) {
        if (partition[pairs.from[at]!] !== partition[pairs.to[at]!]) continue;
        shares[at]! += 1 / runs;
        if (firstRun[at] === runs) firstRun[at] = run;
      }
    }
  }
  const together = new WeightedGraph(graph.size);
  const order = Array.from(shares.keys()).sort((a, b) => firstRun[a]! - firstRun[b]! || a - b);
  for (const at of order) together.add(pairs.from[at]!, pairs.to[at]!, shares[at]!);
  const agreed = flattened(together);
  return { partition: louvain(agreed, constantPotts(agreed, byChance)), together };
}

function closePairs({ size, from, to }: EdgeList): { readonly from: Int32Array; readonly to: Int32Array } {
  const dense = size <= 600;
  if (!dense) return { from, to };
  const [all, other] = [new Int32Array((size * (size - 1)) / 2), new Int32Array((size * (size - 1)) / 2)];
  let at = 0;
  for (let a = 0; a < size; a++)
    for (let b = a + 1; b < size; b++) {
      all[at] = a;
      other[at++] = b;
    }
  return { from: all, to: other };
}

function disturb(
  { weights, entries }: ReturnType<typeof flatGraph>,
  edges: EdgeList,
  noise: number,
  random: () => number,
): void {
  for (let at = 0; at < edges.weights.length; at++) {
    const weight = edges.weights[at]! * (1 + noise * (2 * random() - 1));
    weights[entries[2 * at]!] = weight;
    weights[entries[2 * at + 1]!] = weight;
  }
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
