/** What counts as worse, and how sure one must be. Shares are from 0 to 1. */
export interface AnalysisRules {
  /**
   * Chance, at most, that a candidate that is within the limits is ever rolled back in one step, whatever the number of
   * looks. Default 0.01.
   */
  readonly falseAlarm: number;
  /** Chance, at most, that a candidate at or beyond a limit is advanced. Default 0.05. */
  readonly falseTrust: number;
  /** Requests of the candidate (copies included) before it can be rolled back for errors or slowness. Default 5. */
  readonly leastToRollBack: number;
  readonly errors: {
    /** Share of the candidate's replies that may fail; where the owner fails more often, twice its share. Default 0.02. */
    readonly limit: number;
    /** How many times likelier a failure may be at the candidate than at the owner (ratio of odds). Default 1.25. */
    readonly tolerated: number;
  };
  readonly latency: {
    /** Quantiles of the owner's own durations beyond which a reply counts as slow. Default 0.9 and 0.99. */
    readonly quantiles: readonly number[];
    /** How many times as long as the owner's quantile the candidate may take. Default 1.5. */
    readonly factor: number;
    /** What it may take longer in any case, in milliseconds: a ratio of small numbers means little. Default 10. */
    readonly slackMs: number;
    /** How many times the owner's share of slow replies must be shown not to be reached. Default 2. */
    readonly limit: number;
  };
  readonly differences: {
    /** Share of the compared replies that may differ; this much is never shown to be too much. Default 0.0002. */
    readonly tolerated: number;
    /** Share that must be shown not to be reached before the candidate advances. Default 0.003. */
    readonly limit: number;
  };
}

/** What differs from the defaults. */
export type AnalysisSettings = {
  readonly [Key in keyof AnalysisRules]?: AnalysisRules[Key] extends number
    ? number
    : Partial<AnalysisRules[Key]>;
};

/** What holds where nothing else is said. */
export const defaultAnalysisRules: AnalysisRules = {
  falseAlarm: 0.01,
  falseTrust: 0.05,
  leastToRollBack: 5,
  errors: { limit: 0.02, tolerated: 1.25 },
  latency: { quantiles: [0.9, 0.99], factor: 1.5, slackMs: 10, limit: 2 },
  differences: { tolerated: 0.0002, limit: 0.003 },
};

/** The defaults with what differs from them. */
export function analysisRules(settings: AnalysisSettings = {}): AnalysisRules {
  const base = defaultAnalysisRules;
  return {
    ...base,
    ...settings,
    errors: { ...base.errors, ...settings.errors },
    latency: { ...base.latency, ...settings.latency },
    differences: { ...base.differences, ...settings.differences },
  };
}
