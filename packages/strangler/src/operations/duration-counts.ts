/** Upper bounds in seconds, the usual ones. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Durations by bucket, as Prometheus counts them. */
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

  /** Lines of a histogram with this name. */
  lines(name: string): string[] {
    let sum = 0;
    const lines = bounds.map((bound, index) => {
      sum += this.#counts[index]!;
      return `${name}_bucket{le="${bound}"} ${sum}`;
    });
    sum += this.#counts[bounds.length]!;
    return [...lines, `${name}_bucket{le="+Inf"} ${sum}`, `${name}_sum ${this.#sum}`, `${name}_count ${sum}`];
  }
}
