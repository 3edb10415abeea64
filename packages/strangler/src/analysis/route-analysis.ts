import type { SideStats } from '../evidence/evidence.ts';
import {
  addDurations,
  bucketEnd,
  bucketOf,
  countAbove,
  countOf,
  type Durations,
  quantileBucket,
} from '../evidence/histogram.ts';
import type { AnalysisRules } from './analysis-rules.ts';
import { addToComparison, type ComparisonTest, noComparisonTest, type Pair } from './comparison-test.ts';
import { addToShareTest, noShareTest, type ShareTest } from './share-test.ts';

/** How many durations of the owner are remembered; beyond it the older ones count half, then a quarter, and so on. */
const baselineCount = 20_000;

/** What the owner did so far: what the candidate is measured by. */
export interface Baseline {
  readonly durations: Durations;
  readonly seen: number;
  readonly events: number;
}

/** A share beside its limit, and beside the owner's. */
export interface RateTest {
  readonly share: ShareTest;
  readonly comparison: ComparisonTest;
}

/** What is known against and for a candidate on one route. */
export interface RouteAnalysis {
  readonly errors: RateTest;
  /** One for each quantile of the rules. */
  readonly slow: readonly RateTest[];
  /** Beside the share of differences that is put up with, and beside the one that must not be reached. */
  readonly differences: { readonly tolerated: ShareTest; readonly limit: ShareTest };
}

/** One window of a route, reduced to what is counted. */
export interface CountedWindow {
  readonly errors: Pair;
  /** For each quantile; undefined while too little is known of the owner. */
  readonly slow: readonly (Pair | undefined)[];
  readonly differences: { readonly seen: number; readonly events: number };
  readonly errorLimit: number;
}

/** The part of the evidence that is analysed. */
export interface AnalysedEvidence {
  readonly owner: Pick<SideStats, 'requests' | 'errors'> & { readonly durations?: Durations };
  readonly candidate: AnalysedEvidence['owner'];
  /** Absent in evidence of older proxies. */
  readonly copies?: AnalysedEvidence['owner'];
  readonly shadow: { readonly equal: number; readonly late: number; readonly different: number };
}

/** Before anything was seen of the owner. */
export const noBaseline: Baseline = { durations: [], seen: 0, events: 0 };

/** Before anything was seen of the candidate. */
export const noRouteAnalysis: RouteAnalysis = {
  errors: { share: noShareTest, comparison: noComparisonTest },
  slow: [],
  differences: { tolerated: noShareTest, limit: noShareTest },
};

/** Counts a window by what was known of the owner before it: a limit made from the window itself would bias the test. */
export function countWindow(
  evidence: AnalysedEvidence,
  baseline: Baseline,
  rules: AnalysisRules,
): CountedWindow {
  const { owner, candidate, copies, shadow } = evidence;
  const answered = [candidate, ...(copies === undefined ? [] : [copies])];
  const seen = answered.reduce((sum, side) => sum + side.requests, 0);
  const events = answered.reduce((sum, side) => sum + side.errors, 0);
  const durations = answered.map((side) => side.durations ?? []).reduce(addDurations, []);
  const ownErrors = baseline.seen === 0 ? 0 : baseline.events / baseline.seen;
  return {
    errors: {
      owner: { seen: owner.requests, events: owner.errors },
      candidate: { seen, events },
    },
    slow: rules.latency.quantiles.map((quantile) =>
      slowReplies(owner.durations ?? [], durations, { baseline, quantile, rules }),
    ),
    differences: { seen: shadow.equal + shadow.late + shadow.different, events: shadow.different },
    errorLimit: Math.min(0.9, Math.max(rules.errors.limit, 2 * ownErrors)),
  };
}

function slowReplies(
  owner: Durations,
  candidate: Durations,
  { baseline, quantile, rules }: { baseline: Baseline; quantile: number; rules: AnalysisRules },
): Pair | undefined {
  if (countOf(baseline.durations) < 2 / (1 - quantile)) return undefined;
  const bucket = quantileBucket(baseline.durations, quantile)!;
  const ms = bucketEnd(bucket);
  const allowed = bucketOf(Math.max(ms * rules.latency.factor, ms + rules.latency.slackMs));
  return {
    owner: { seen: countOf(owner), events: countAbove(owner, bucket) },
    candidate: { seen: countOf(candidate), events: countAbove(candidate, allowed) },
  };
}

/** Adds a counted window to the analysis of a route. */
export function addWindow(
  analysis: RouteAnalysis,
  window: CountedWindow,
  rules: AnalysisRules,
): RouteAnalysis {
  const { tolerated, limit } = rules.differences;
  return {
    errors: addToRate(analysis.errors, window.errors, window.errorLimit, rules.errors.tolerated),
    slow: window.slow.map((pair, index) => {
      const before = analysis.slow[index] ?? noRouteAnalysis.errors;
      return pair === undefined ? before : addToRate(before, pair, slowLimit(rules, index), 1);
    }),
    differences: {
      tolerated: addToShareTest(analysis.differences.tolerated, window.differences, tolerated),
      limit: addToShareTest(analysis.differences.limit, window.differences, limit),
    },
  };
}

/** Share of slow replies that must not be reached, for one of the quantiles. */
export function slowLimit({ latency }: AnalysisRules, index: number): number {
  return Math.min(0.9, latency.limit * (1 - latency.quantiles[index]!));
}

function addToRate(test: RateTest, pair: Pair, limit: number, tolerated: number): RateTest {
  return {
    share: addToShareTest(test.share, pair.candidate, limit),
    comparison: addToComparison(test.comparison, pair, tolerated),
  };
}

/** Adds what a window showed of the owner. */
export function addToBaseline(baseline: Baseline, { owner }: AnalysedEvidence): Baseline {
  const durations = addDurations(baseline.durations, owner.durations ?? []);
  const full = countOf(durations) > baselineCount;
  return {
    durations: full ? halved(durations) : durations,
    seen: baseline.seen + owner.requests,
    events: baseline.events + owner.errors,
  };
}

function halved(durations: Durations): Durations {
  return durations.flatMap(([bucket, count]) => (count > 1 ? [[bucket, count >> 1] as const] : []));
}
