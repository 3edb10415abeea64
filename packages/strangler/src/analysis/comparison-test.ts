import { logSum } from './log-sum.ts';

/** Odds ratios that the gamblers bet on, as multiples of the one that is put up with; all with one weight. */
const ratios = [1.5, 2, 4, 10, 50];

/** What both sides showed in one window. */
export interface Pair {
  readonly owner: { readonly seen: number; readonly events: number };
  readonly candidate: { readonly seen: number; readonly events: number };
}

/** Natural logarithms of the wealth of each bet that events are likelier at the candidate than at the owner. */
export type ComparisonTest = readonly number[];

/** A test that has seen nothing. */
export const noComparisonTest: ComparisonTest = ratios.map(() => 0);

/**
 * Adds a window in which both sides had requests.
 *
 * Given how many events there were in the window, how many of them are the candidate's is hypergeometric if both sides
 * are equal, and Fisher's noncentral hypergeometric for any other odds ratio; so neither side's rate need be known,
 * and a trouble of both, or a rate that changes over time, is nobody's fault. The ratio of the two likelihoods has a
 * mean of at most 1 while the odds ratio is at most `tolerated`; its product over windows is a test by betting as in
 * `addToShareTest`. The conditioning is Lindon & Malek's, "Anytime-valid inference for multinomial count data",
 * NeurIPS 2022; sequential 2 x 2 tables by e-values are Turner, Ly & Grünwald's (2024).
 */
export function addToComparison(test: ComparisonTest, pair: Pair, tolerated: number): ComparisonTest {
  const { owner, candidate } = pair;
  const events = owner.events + candidate.events;
  if (owner.seen === 0 || candidate.seen === 0 || events === 0) return test;
  const terms = hypergeometric(candidate.seen, owner.seen, events);
  const base = logLikelihood(terms, candidate.events, tolerated);
  return test.map(
    (wealth, index) => wealth + logLikelihood(terms, candidate.events, tolerated * ratios[index]!) - base,
  );
}

/** Natural logarithm of the e-value against "events are no likelier at the candidate". */
export function evidenceWorse(test: ComparisonTest): number {
  return logSum(test) - Math.log(ratios.length);
}

/** The possible numbers of events at the candidate, each with the logarithm of its weight up to one factor. */
interface Terms {
  readonly from: number;
  readonly logWeights: readonly number[];
}

function hypergeometric(candidate: number, owner: number, events: number): Terms {
  const from = Math.max(0, events - owner);
  const to = Math.min(candidate, events);
  const logWeights = [0];
  for (let k = from; k < to; k++) {
    const step = ((candidate - k) * (events - k)) / ((k + 1) * (owner - events + k + 1));
    logWeights.push(logWeights.at(-1)! + Math.log(step));
  }
  return { from, logWeights };
}

function logLikelihood({ from, logWeights }: Terms, events: number, ratio: number): number {
  const log = Math.log(ratio);
  const weighted = logWeights.map((weight, index) => weight + (from + index) * log);
  return weighted[events - from]! - logSum(weighted);
}
