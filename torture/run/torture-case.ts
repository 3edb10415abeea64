import type { Candidate } from '../candidates/candidate.ts';
import type { Lab } from './lab.ts';

/**
 * What became of a candidate: `skips` an event that was committed, `stalls` until somebody else lets go, `doubles` an effect or a
 * success, `loses` what it had acknowledged, `disorders` the events of a stream, or does not offer what the case is about. `not run` when
 * it could not be found out.
 */
export type Verdict =
  | 'passes'
  | 'skips'
  | 'stalls'
  | 'doubles'
  | 'loses'
  | 'disorders'
  | 'not offered'
  | 'not run';

/** A verdict, and in one line the numbers that it rests on. */
export interface Finding {
  readonly verdict: Verdict;
  readonly finding: string;
}

/** One known failure of event stores, tried out on one candidate at a time. */
export interface TortureCase {
  readonly name: string;
  /** What is done, in a line. */
  readonly about: string;
  run(candidate: Candidate, lab: Lab): Promise<Finding>;
}
