import type { WeightedGraph } from './weighted-graph.ts';

/** A weighted graph whose edges do not change, in flat arrays: node `n` has the entries from `starts[n]` to `starts[n + 1]`. */
export interface FlatGraph {
  readonly size: number;
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  readonly weights: Float64Array;
}

/** Edges in the order in which they are added, each pair once. */
export interface EdgeList {
  readonly size: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float64Array;
}

export function edgeList(graph: WeightedGraph): EdgeList {
  const edges = [...graph.edges()];
  return {
    size: graph.size,
    from: Int32Array.from(edges, ([a]) => a),
    to: Int32Array.from(edges, ([, b]) => b),
    weights: Float64Array.from(edges, ([, , weight]) => weight),
  };
}

/** Rows as they grow when the edges are added one by one; `entries` has the two entries of each edge one after the other. */
export function flatGraph({
  size,
  from,
  to,
  weights,
}: EdgeList): FlatGraph & { readonly entries: Int32Array } {
  const starts = new Int32Array(size + 1);
  for (let at = 0; at < from.length; at++) {
    starts[from[at]! + 1]!++;
    starts[to[at]! + 1]!++;
  }
  for (let node = 0; node < size; node++) starts[node + 1]! += starts[node]!;
  const next = starts.slice(0, size);
  const targets = new Int32Array(2 * from.length);
  const flat = new Float64Array(2 * from.length);
  const entries = new Int32Array(2 * from.length);
  for (let at = 0; at < from.length; at++) {
    const [a, b] = [from[at]!, to[at]!];
    const there = next[a]!++;
    const back = next[b]!++;
    targets[there] = b;
    targets[back] = a;
    flat[there] = weights[at]!;
    flat[back] = weights[at]!;
    entries[2 * at] = there;
    entries[2 * at + 1] = back;
  }
  return { size, starts, targets, weights: flat, entries };
}

/** The same rows in the order of the other form. */
export function flattened(graph: WeightedGraph): FlatGraph {
  const starts = new Int32Array(graph.size + 1);
  for (const [node, row] of graph.rows.entries()) starts[node + 1] = starts[node]! + row.size;
  const targets = new Int32Array(starts[graph.size]!);
  const weights = new Float64Array(starts[graph.size]!);
  let at = 0;
  for (const row of graph.rows)
    for (const [other, weight] of row) {
      targets[at] = other;
      weights[at++] = weight;
    }
  return { size: graph.size, starts, targets, weights };
}

/** The weight of all edges of each node. */
export function strengths({ size, starts, weights }: FlatGraph): Float64Array {
  const sums = new Float64Array(size);
  for (let node = 0; node < size; node++) {
    let sum = 0;
    for (let at = starts[node]!; at < starts[node + 1]!; at++) sum += weights[at]!;
    sums[node] = sum;
  }
  return sums;
}

/** The graph of the groups: what ties two of them is the sum of what ties their nodes. */
export function grouped(
  { size, starts, targets, weights }: FlatGraph,
  labels: readonly number[],
  count: number,
): FlatGraph {
  const places = new Map<number, number>();
  const [from, to, sums]: [number[], number[], number[]] = [[], [], []];
  for (let a = 0; a < size; a++)
    for (let at = starts[a]!; at < starts[a + 1]!; at++) {
      const b = targets[at]!;
      if (a >= b) continue;
      const [x, y] = [labels[a]!, labels[b]!];
      if (x === y) continue;
      const key = x < y ? x * count + y : y * count + x;
      const place = places.get(key);
      if (place !== undefined) sums[place]! += weights[at]!;
      else {
        places.set(key, from.length);
        from.push(x);
        to.push(y);
        sums.push(weights[at]!);
      }
    }
  return flatGraph({
    size: count,
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    weights: Float64Array.from(sums),
  });
}
