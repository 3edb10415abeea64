import type { Analysis } from './analysis.ts';
import type { AnalysisRules } from './analysis-rules.ts';
import { evidenceWorse } from './comparison-test.ts';
import { type RateTest, type RouteAnalysis, slowLimit } from './route-analysis.ts';
import { evidenceAbove, evidenceBelow, noShareTest, type ShareTest } from './share-test.ts';

/** What a test was about. */
export type Metric = 'errors' | 'slowness' | 'differences';

/** What one test says, in figures that can be written down. */
export interface Finding {
  readonly metric: Metric;
  /** Absent where it is about all routes together. */
  readonly route?: string;
  /** For slowness: the owner's quantile. */
  readonly quantile?: number;
  /** Replies of the candidate that were looked at, and how many were failed, slow or different. */
  readonly seen: number;
  readonly events: number;
  /** The e-value: how many times over one would have to be lucky to see this by chance. At most 1e12. */
  readonly evidence: number;
  /** What it must reach. */
  readonly needed: number;
}

/** What the evidence allows. */
export type Verdict =
  /** At least one finding shows that the candidate is worse. */
  | { readonly kind: 'roll-back'; readonly findings: readonly Finding[] }
  /** Every limit was shown to be kept, and nothing points the other way. */
  | { readonly kind: 'advance'; readonly findings: readonly Finding[] }
  /** Neither: these are what is not shown yet. */
  | { readonly kind: 'hold'; readonly findings: readonly Finding[] };

/** What is asked of the evidence beside the rules. */
export interface Judged {
  readonly rules: AnalysisRules;
  /** Whether replies are compared; without it nothing can be said of differences, and nothing is asked. Default true. */
  readonly compared?: boolean;
}

/** An e-value from which a candidate is not advanced any more, long before it is rolled back. */
const suspicious = Math.log(20);
const most = 1e12;

/** What the evidence of an analysis allows now. Without evidence: hold. */
export function verdict(analysis: Analysis, { rules, compared = true }: Judged): Verdict {
  const against = Object.entries(analysis.routes).flatMap(([route, { whole, step }]) =>
    findingsAgainst(route, whole, step, rules),
  );
  // As many tests as there are must share the chance of a false alarm (Bonferroni).
  const needed = Math.log(Math.max(1, against.length) / rules.falseAlarm);
  const bad = against.filter(({ log, enough }) => enough && log >= needed);
  if (bad.length > 0) return { kind: 'roll-back', findings: bad.map((one) => finding(one, needed)) };
  const trust = findingsFor(analysis.trust, rules, compared);
  const wanted = Math.log(1 / rules.falseTrust);
  const missing = trust.filter(({ log }) => log < wanted);
  if (missing.length > 0) return { kind: 'hold', findings: missing.map((one) => finding(one, wanted)) };
  // What was worse than the owner once can't be made up for where the owner answers nobody any more; a limit that is shown to be
  // kept since the step began answers the doubt.
  const doubts = against.filter(({ log, below }) => log >= suspicious && below < wanted);
  if (doubts.length > 0) return { kind: 'hold', findings: doubts.map((one) => finding(one, needed)) };
  return { kind: 'advance', findings: trust.map((one) => finding(one, wanted)) };
}

/** A test with the logarithm of its e-value. */
interface Tested {
  readonly metric: Metric;
  readonly route?: string;
  readonly quantile?: number;
  readonly test: ShareTest;
  readonly log: number;
  /** What speaks for the contrary, as a logarithm too. */
  readonly below: number;
  readonly enough: boolean;
}

function findingsAgainst(
  route: string,
  whole: RouteAnalysis,
  step: RouteAnalysis,
  rules: AnalysisRules,
): Tested[] {
  const rate = (metric: Metric, { share, comparison }: RateTest, quantile?: number): Tested[] => {
    const common = {
      metric,
      route,
      test: share,
      below: evidenceBelow(share),
      enough: share.seen >= rules.leastToRollBack,
      ...(quantile === undefined ? {} : { quantile }),
    };
    return [
      { ...common, log: evidenceAbove(share) },
      { ...common, log: evidenceWorse(comparison) },
    ];
  };
  const { tolerated } = whole.differences;
  return [
    ...rate('errors', step.errors),
    ...step.slow.flatMap((test, index) => rate('slowness', test, rules.latency.quantiles[index])),
    {
      metric: 'differences',
      route,
      test: tolerated,
      log: evidenceAbove(tolerated),
      below: Number.NEGATIVE_INFINITY,
      enough: true,
    },
  ];
}

function findingsFor(trust: RouteAnalysis, rules: AnalysisRules, compared: boolean): Tested[] {
  const tested = (metric: Metric, test: ShareTest, quantile?: number): Tested => ({
    metric,
    test,
    log: evidenceBelow(test),
    below: evidenceBelow(test),
    enough: true,
    ...(quantile === undefined ? {} : { quantile }),
  });
  return [
    tested('errors', trust.errors.share),
    ...rules.latency.quantiles.map((quantile, index) =>
      tested('slowness', trust.slow[index]?.share ?? noShareTest, quantile),
    ),
    ...(compared ? [tested('differences', trust.differences.limit)] : []),
  ];
}

function finding({ metric, route, quantile, test, log }: Tested, needed: number): Finding {
  return {
    metric,
    ...(route === undefined ? {} : { route }),
    ...(quantile === undefined ? {} : { quantile }),
    seen: test.seen,
    events: test.events,
    evidence: rounded(log),
    needed: rounded(needed),
  };
}

function rounded(log: number): number {
  return Number(Math.min(most, Math.exp(log)).toPrecision(3));
}

/** A finding as a phrase for people: `3 of 400 replies differ`. */
export function describeFinding(one: Finding, rules: AnalysisRules): string {
  const of = `${one.events} of ${one.seen}`;
  const where = one.route === undefined ? '' : ` on ${one.route}`;
  switch (one.metric) {
    case 'errors':
      return `${of} replies failed${where}`;
    case 'differences':
      return `${of} replies differ${where}`;
    case 'slowness': {
      const index = rules.latency.quantiles.indexOf(one.quantile ?? 0);
      const limit = index < 0 ? '' : `, limit ${Math.round(slowLimit(rules, index) * 1000) / 10} %`;
      return `${of} replies are slower than the owner's p${(one.quantile ?? 0) * 100} allows${where}${limit}`;
    }
  }
}
