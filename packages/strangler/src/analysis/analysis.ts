import type { AnalysisRules } from './analysis-rules.ts';
import {
  type AnalysedEvidence,
  addToBaseline,
  addWindow,
  type Baseline,
  countWindow,
  noBaseline,
  noRouteAnalysis,
  type RouteAnalysis,
} from './route-analysis.ts';

/**
 * The analysis of a candidate over the routes that move together. A value: it is folded from evidence, so everybody who
 * reads the same evidence comes to the same verdict.
 */
export interface Analysis {
  readonly routes: Readonly<Record<string, AnalysedRoute>>;
  /** What speaks for the candidate, over all routes, since it was last held. */
  readonly trust: RouteAnalysis;
}

/** One route of an analysis. */
export interface AnalysedRoute {
  readonly baseline: Baseline;
  /** Everything. Differences count from the beginning, because one may be found out a step later. */
  readonly whole: RouteAnalysis;
  /** Since the present step began, so that good days long ago can't outweigh what begins to fail now. */
  readonly step: RouteAnalysis;
}

/** Before any evidence. */
export const newAnalysis: Analysis = { routes: {}, trust: noRouteAnalysis };

const newRoute: AnalysedRoute = { baseline: noBaseline, whole: noRouteAnalysis, step: noRouteAnalysis };

/**
 * Adds one window of one route.
 * @param current Whether it was seen under the mode that holds now; older evidence only counts for differences.
 */
export function analyse(
  analysis: Analysis,
  evidence: AnalysedEvidence & { readonly route: string },
  { rules, current }: { readonly rules: AnalysisRules; readonly current: boolean },
): Analysis {
  const before = analysis.routes[evidence.route] ?? newRoute;
  const window = countWindow(evidence, before.baseline, rules);
  const route: AnalysedRoute = {
    baseline: addToBaseline(before.baseline, evidence),
    whole: addWindow(before.whole, window, rules),
    step: current ? addWindow(before.step, window, rules) : before.step,
  };
  return {
    routes: { ...analysis.routes, [evidence.route]: route },
    trust: current ? addWindow(analysis.trust, window, rules) : analysis.trust,
  };
}

/** A new step begins: errors and slowness are counted anew. */
export function beginStep(analysis: Analysis): Analysis {
  const routes = Object.entries(analysis.routes).map(([name, route]) => [
    name,
    { ...route, step: noRouteAnalysis },
  ]);
  return { ...analysis, routes: Object.fromEntries(routes) };
}

/**
 * The candidate was held: it must show anew that it neither fails nor is slow. That its replies were equal stays known, as
 * do those that were not: a crash changes neither.
 */
export function beginAnew(analysis: Analysis): Analysis {
  const { differences } = analysis.trust;
  return { ...beginStep(analysis), trust: { ...noRouteAnalysis, differences } };
}
