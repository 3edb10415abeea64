import { type FlatGraph, grouped, strengths } from './flat-graph.ts';

/** The number of the community of each node, from 0, in the order in which they are first met. */
export type Partition = readonly number[];

/** What a community of this many nodes (or of this much strength) is expected to hold, which its edges must beat. */
export interface Quality {
  readonly resolution: number;
  /** The size of each node: its strength for modularity, 1 for a constant expectation. */
  readonly sizes: Float64Array;
  readonly scale: number;
}

const mostPasses = 30;

/** Modularity with a resolution: M. E. J. Newman, 2004; J. Reichardt and S. Bornholdt, 2006. */
export function modularity(graph: FlatGraph, resolution: number): Quality {
  const sizes = strengths(graph);
  return { resolution, sizes, scale: sizes.reduce((sum, each) => sum + each, 0) || 1 };
}

/** The constant Potts model: V. A. Traag, P. Van Dooren and Y. Nesterov, 2011. */
export function constantPotts(graph: FlatGraph, resolution: number): Quality {
  return { resolution, sizes: new Float64Array(graph.size).fill(1), scale: 1 };
}

/**
 * Communities by local moves and aggregation: V. D. Blondel et al., "Fast unfolding of communities in large networks", 2008. Nodes are
 * visited in the order that is given, ties go to the community met first: the same input has the same answer.
 */
export function louvain(graph: FlatGraph, quality: Quality, order?: readonly number[]): Partition {
  let partition = numbers(graph.size);
  let level = graph;
  let sizes = quality.sizes;
  let visit = order ?? numbers(level.size);
  for (let pass = 0; pass < mostPasses; pass++) {
    const labels = relabelled(localMoves(level, { ...quality, sizes }, visit));
    const count = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
    partition = partition.map((community) => labels[community]!);
    if (count === level.size) break;
    const larger = new Float64Array(count);
    for (const [node, size] of sizes.entries()) larger[labels[node]!]! += size;
    level = grouped(level, labels, count);
    sizes = larger;
    visit = numbers(level.size);
  }
  return relabelled(partition);
}

function localMoves(
  { size, starts, targets, weights }: FlatGraph,
  { resolution, sizes, scale }: Quality,
  order: readonly number[],
): number[] {
  const community = numbers(size);
  const held = sizes.slice();
  const towards = new Float64Array(size);
  /** The last visit that met a community. */
  const met = new Int32Array(size).fill(-1);
  const near = new Int32Array(size);
  let visit = 0;
  for (let pass = 0, moved = true; moved && pass < mostPasses; pass++) {
    moved = false;
    for (const node of order) {
      visit++;
      const own = community[node]!;
      const mine = sizes[node]!;
      held[own]! -= mine;
      let count = 0;
      near[count++] = own;
      met[own] = visit;
      towards[own] = 0;
      for (let at = starts[node]!; at < starts[node + 1]!; at++) {
        const to = community[targets[at]!]!;
        if (met[to] !== visit) {
          met[to] = visit;
          towards[to] = 0;
          near[count++] = to;
        }
        towards[to]! += weights[at]!;
      }
      let best = own;
      let most = towards[own]! - (resolution * mine * held[own]!) / scale;
      for (let at = 0; at < count; at++) {
        const to = near[at]!;
        const worth = towards[to]! - (resolution * mine * held[to]!) / scale;
        if (worth > most + 1e-12) [best, most] = [to, worth];
      }
      held[best]! += mine;
      community[node] = best;
      if (best !== own) moved = true;
    }
  }
  return community;
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** The same partition with its communities numbered as they are met. */
function relabelled(partition: readonly number[]): number[] {
  const known = new Map<number, number>();
  return partition.map((community) => {
    if (!known.has(community)) known.set(community, known.size);
    return known.get(community)!;
  });
}
