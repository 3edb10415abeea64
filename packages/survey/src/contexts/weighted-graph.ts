/** An undirected graph over the numbers 0 to n - 1; every edge stands in both rows. */
export class WeightedGraph {
  readonly rows: Map<number, number>[];

  constructor(size: number) {
    this.rows = Array.from({ length: size }, () => new Map());
  }

  get size(): number {
    return this.rows.length;
  }

  add(a: number, b: number, weight: number): void {
    if (a === b || weight <= 0) return;
    this.rows[a]!.set(b, (this.rows[a]!.get(b) ?? 0) + weight);
    this.rows[b]!.set(a, (this.rows[b]!.get(a) ?? 0) + weight);
  }

  weight(a: number, b: number): number {
    return this.rows[a]!.get(b) ?? 0;
  }

  /** The weight of all edges of a node. */
  strength(node: number): number {
    let sum = 0;
    for (const weight of this.rows[node]!.values()) sum += weight;
    return sum;
  }

  /** Of all edges, each once. */
  total(): number {
    return this.rows.reduce((sum, _, node) => sum + this.strength(node), 0) / 2;
  }

  *edges(): Generator<readonly [number, number, number]> {
    for (const [a, row] of this.rows.entries())
      for (const [b, weight] of row) if (a < b) yield [a, b, weight];
  }
}
