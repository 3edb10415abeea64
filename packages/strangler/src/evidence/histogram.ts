const smallestMs = 0.05;
const growth = 1.08;
const buckets = 192;
const logGrowth = Math.log(growth);

/** Durations in fixed buckets, each 8 % wider than the one before: from 0.05 ms to about two minutes. */
export class Histogram {
  readonly #counts = new Uint32Array(buckets);
  count = 0;
  max = 0;

  /** Adds a duration in milliseconds. */
  add(ms: number): void {
    const index = ms <= smallestMs ? 0 : Math.ceil(Math.log(ms / smallestMs) / logGrowth);
    this.#counts[Math.min(index, buckets - 1)]!++;
    this.count++;
    if (ms > this.max) this.max = ms;
  }

  /** The duration that a part (0..1) of all is not above, at most 8 % too high; 0 where there are none. */
  quantile(part: number): number {
    let left = Math.ceil(this.count * part);
    for (let index = 0; index < buckets && left > 0; index++) {
      left -= this.#counts[index]!;
      if (left <= 0) return Math.min(this.max, smallestMs * growth ** index);
    }
    return this.max;
  }
}
