import type { Work } from './compare.ts';
import type { BenchOptions } from './options.ts';

/** Where a benchmark works. */
export interface Lab {
  readonly options: BenchOptions;
  /** Makes an empty database on the server of this run, and gives its URL. */
  database(name: string): Promise<string>;
  /** For files; deleted at the end. */
  readonly directory: string;
  /** Says something about the run, on standard error. */
  note(line: string): void;
  /** Aborted when the run is stopped before its end. */
  readonly signal: AbortSignal;
}

/** What a `bench.ts` exports by default: prepares a piece of work, yields it, and cleans up when it goes on. */
export type Benchmark = (lab: Lab) => AsyncIterable<Work>;
