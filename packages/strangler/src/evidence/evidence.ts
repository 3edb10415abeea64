import type { Durations } from './histogram.ts';

/** What one side of a route did in a window. Milliseconds are until the end of the reply. */
export interface SideStats {
  readonly requests: number;
  /** Not reached, timed out, broken off or answered 5xx. */
  readonly errors: number;
  /** 0 where there were no requests. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** All durations, for adding up windows. */
  readonly durations: Durations;
}

/** What came of the reads copied to the candidate in a window. */
export interface ShadowStats {
  /** Reads compared or tried to: equal + late + different + failed. */
  readonly samples: number;
  readonly equal: number;
  /** Different at first and equal when both were asked again: the candidate was some milliseconds behind. */
  readonly late: number;
  readonly different: number;
  /** The candidate did not answer at all, or with a reply too big to compare. */
  readonly failed: number;
  /** Chosen for the sample and left out: too many at a time, or the owner's reply was too long to compare. */
  readonly dropped: number;
}

/** One difference between the replies, shortened, for a person to look at. */
export interface DifferenceSample {
  readonly method: string;
  /** Path and query, with the values of the query removed. */
  readonly path: string;
  /** Where: `status`, `header content-type`, `body`, or a JSON path such as `items[3].price`. */
  readonly at: string;
  /** At most 120 characters; undefined where the side has nothing there. */
  readonly owner?: string;
  readonly candidate?: string;
}

/** In how many compared replies a field differed. */
export interface FieldDifferences {
  /** As in `DifferenceSample`, every index as `[*]`: `items[*].price`. */
  readonly field: string;
  readonly count: number;
}

/** What happened on one route under one revision of the table in one window. */
export interface Evidence {
  readonly route: string;
  readonly revision: bigint | number;
  /** Start and end of the window. */
  readonly from: Date;
  readonly to: Date;
  /** Name of this proxy, where it was given one. */
  readonly instance?: string;
  /** Requests that users sent and this side answered. Shadow requests are not in here. */
  readonly owner: SideStats;
  /** Requests that users sent and this side was asked for, also those that fell back to the owner. */
  readonly candidate: SideStats;
  /** The candidate's first replies to reads that were copied to it. */
  readonly copies: SideStats;
  readonly shadow: ShadowStats;
  /** At most five per window, of as many fields as possible. */
  readonly differences: readonly DifferenceSample[];
  /** Differences by field; at most 20 fields per window, the rest under `…`. */
  readonly fields: readonly FieldDifferences[];
  /** Fields that differ when the owner is asked twice, where that became known or changed in the window. */
  readonly noise?: readonly string[];
  /** Requests meant for the candidate that the owner answered. */
  readonly fallbacks: number;
}

/** Where evidence goes. A rejected promise keeps the evidence for the next attempt and never touches traffic. */
export interface EvidenceSink {
  record(evidence: readonly Evidence[]): Promise<void>;
}
