import type { Work } from './compare.ts';
import type { BenchOptions } from './options.ts';
import type { ProcessorTime } from './processor-time.ts';

/** Where a benchmark works. */
export interface Lab {
  readonly options: BenchOptions;
  /** Makes an empty database on the server of this run, and gives its URL. */
  database(name: string): Promise<string>;
  /** For files; deleted at the end. */
  readonly directory: string;
  /** Says something about the run, on standard error. */
  note(line: string): void;
  /** Prints a result that is no comparison: the line, or with `--json` the value where there is one. */
  report(line: string, value?: object): void;
  /** Reads the processors' clocks. */
  processors(): ProcessorTime;
  /** Aborted when the run is stopped before its end. */
  readonly signal: AbortSignal;
}

/** What a `bench.ts` exports by default: prepares a piece of work, yields it, and cleans up when it goes on. */
export type Benchmark = (lab: Lab) => AsyncIterable<Work>;
