import { logSum } from './log-sum.ts';

/** Odds of the alternatives, as multiples of the odds at the limit, each with its weight. */
const above = [
  [1.5, 0.1],
  [3, 0.2],
  [10, 0.3],
  [50, 0.3],
  [500, 0.1],
] as const;
const below = [
  [0.67, 0.1],
  [0.33, 0.2],
  [0.1, 0.2],
  [0.001, 0.5],
] as const;

/** Evidence about a share of events (errors, differences, slow replies) beside a limit, at any number of looks. */
export interface ShareTest {
  readonly seen: number;
  readonly events: number;
  /** Natural logarithms of the wealth of each bet that the share is above the limit, and below it. */
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/** A test that has seen nothing. */
export const noShareTest: ShareTest = {
  seen: 0,
  events: 0,
  above: above.map(() => 0),
  below: below.map(() => 0),
};

/**
 * Adds what a window showed. The limit may be another one in each window, as long as it was known before the window.
 *
 * A test by betting: each alternative is a gambler whose wealth is multiplied by the ratio of likelihoods. If the
 * share is at most (at least) the limit, the mean of the wealths is a supermartingale, and by Ville's inequality it
 * ever exceeds 1/a with a chance of at most a, however often one looks. Waudby-Smith & Ramdas, "Estimating means of
 * bounded random variables by betting", JRSS B 86 (2024); the mixture of alternatives is Robbins's (1970).
 *
 * @param limit Between 0 and 1, both excluded.
 */
export function addToShareTest(
  test: ShareTest,
  { seen, events }: { readonly seen: number; readonly events: number },
  limit: number,
): ShareTest {
  if (seen === 0) return test;
  const bet = (wealth: number, odds: number) => wealth + logRatio(seen, events, limit, odds);
  return {
    seen: test.seen + seen,
    events: test.events + events,
    above: test.above.map((wealth, index) => bet(wealth, above[index]![0])),
    below: test.below.map((wealth, index) => bet(wealth, below[index]![0])),
  };
}

/** Natural logarithm of the e-value against "the share is at most the limit". */
export function evidenceAbove(test: ShareTest): number {
  return logSum(test.above.map((wealth, index) => wealth + Math.log(above[index]![1])));
}

/** Natural logarithm of the e-value against "the share is at least the limit". */
export function evidenceBelow(test: ShareTest): number {
  return logSum(test.below.map((wealth, index) => wealth + Math.log(below[index]![1])));
}

function logRatio(seen: number, events: number, limit: number, odds: number): number {
  const alternative = (limit * odds) / (1 - limit + limit * odds);
  return events * Math.log(alternative / limit) + (seen - events) * Math.log((1 - alternative) / (1 - limit));
}
