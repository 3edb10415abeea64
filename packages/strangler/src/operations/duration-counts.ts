/** Upper bounds in seconds, the usual ones. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Durations by bucket, the last one without a bound, and their sum in seconds. */
export interface CountedDurations {
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Counts durations as Prometheus does. */
export class DurationCounts {
  readonly #counts = new Float64Array(bounds.length + 1);
  #sum = 0;

  /** Adds a duration in milliseconds. */
  add(ms: number): void {
    const seconds = ms / 1000;
    let index = 0;
    while (index < bounds.length && seconds > bounds[index]!) index++;
    this.#counts[index]!++;
    this.#sum += seconds;
  }

  /** A copy that no longer changes. */
  snapshot(): CountedDurations {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}

/** Lines of a histogram with this name. */
export function histogramLines(name: string, { counts, sum }: CountedDurations): string[] {
  let below = 0;
  const lines = bounds.map((bound, index) => {
    below += counts[index]!;
    return `${name}_bucket{le="${bound}"} ${below}`;
  });
  below += counts[bounds.length]!;
  return [...lines, `${name}_bucket{le="+Inf"} ${below}`, `${name}_sum ${sum}`, `${name}_count ${below}`];
}
