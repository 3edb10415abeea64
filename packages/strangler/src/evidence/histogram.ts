const smallestMs = 0.05;
const growth = 1.08;
const buckets = 192;
const logGrowth = Math.log(growth);

/** Durations as pairs of a bucket and how many are in it, in the order of the buckets; empty buckets are left out. */
export type Durations = readonly (readonly [bucket: number, count: number])[];

/** The bucket of a duration in milliseconds. */
export function bucketOf(ms: number): number {
  if (ms <= smallestMs) return 0;
  return Math.min(Math.ceil(Math.log(ms / smallestMs) / logGrowth - 1e-9), buckets - 1);
}

/** The longest duration of a bucket, in milliseconds. */
export function bucketEnd(bucket: number): number {
  return smallestMs * growth ** bucket;
}

/** Durations in fixed buckets, each 8 % wider than the one before: from 0.05 ms to about two minutes. */
export class Histogram {
  readonly #counts = new Uint32Array(buckets);
  count = 0;
  max = 0;

  /** Adds a duration in milliseconds. */
  add(ms: number): void {
    this.#counts[bucketOf(ms)]!++;
    this.count++;
    if (ms > this.max) this.max = ms;
  }

  /** The duration that a part (0..1) of all is not above, at most 8 % too high; 0 where there are none. */
  quantile(part: number): number {
    let left = Math.ceil(this.count * part);
    for (let index = 0; index < buckets && left > 0; index++) {
      left -= this.#counts[index]!;
      if (left <= 0) return Math.min(this.max, bucketEnd(index));
    }
    return this.max;
  }

  /** All that was added, for adding up elsewhere. */
  durations(): Durations {
    const pairs: [number, number][] = [];
    for (let index = 0; index < buckets; index++) {
      if (this.#counts[index]! > 0) pairs.push([index, this.#counts[index]!]);
    }
    return pairs;
  }
}

/** Two sets of durations as one. */
export function addDurations(one: Durations, other: Durations): Durations {
  if (other.length === 0) return one;
  const counts = new Map(one);
  for (const [bucket, count] of other) counts.set(bucket, (counts.get(bucket) ?? 0) + count);
  return [...counts].sort(([a], [b]) => a - b);
}

/** How many there are. */
export function countOf(durations: Durations): number {
  return durations.reduce((sum, [, count]) => sum + count, 0);
}

/** How many are longer than those of a bucket. */
export function countAbove(durations: Durations, bucket: number): number {
  return durations.reduce((sum, [each, count]) => (each > bucket ? sum + count : sum), 0);
}

/** The bucket that holds a quantile (0..1); undefined where there are none. */
export function quantileBucket(durations: Durations, part: number): number | undefined {
  let left = Math.ceil(countOf(durations) * part);
  for (const [bucket, count] of durations) {
    left -= count;
    if (left <= 0) return bucket;
  }
  return undefined;
}
