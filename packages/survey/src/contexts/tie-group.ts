import type { WeightedGraph } from './weighted-graph.ts';

/** In a group up to this size each pair has an edge of its own. */
const smallGroup = 24;

/**
 * Ties all members of a group to each other, each pair by `weight`. In a large group that would be an edge for each of n² / 2 pairs; there
 * each member is tied to those at distances 1, 2, 4, 8, ... by as much in sum: a circulant graph, which hangs together nearly as well.
 */
export function tieGroup(graph: WeightedGraph, group: readonly number[], weight: number): void {
  const size = group.length;
  if (size <= smallGroup) {
    for (const [at, a] of group.entries()) for (const b of group.slice(at + 1)) graph.add(a, b, weight);
    return;
  }
  const distances: number[] = [];
  for (let distance = 1; distance <= size / 2; distance *= 2) distances.push(distance);
  const each = (weight * (size - 1)) / (2 * distances.length);
  for (const distance of distances)
    for (const [at, a] of group.entries()) graph.add(a, group[(at + distance) % size]!, each);
}
