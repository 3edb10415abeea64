import { compareWithTruth, type Placement, sizeOf } from './assignment.ts';
import type { Truth } from './truth.ts';

/** The usual thresholds of coverage, in per cent. */
export const c2cThresholds = [33, 50, 66] as const;

/**
 * c2c_cvg, 0 to 100: the share of the known contexts that some proposed context overlaps by more than the threshold. The overlap of two
 * contexts is what both have, of the larger one. J. Garcia, I. Ivkovic and N. Medvidovic, "A comparative analysis of software
 * architecture recovery techniques", ASE 2013; D. M. Le et al., "An empirical study of architectural change", MSR 2015.
 * A shared class counts in each context that has it, on both sides.
 */
export function c2cCoverage(placement: Placement, truth: Truth, threshold: number): number {
  const { overlap, proposed, known, counted } = compareWithTruth(placement, truth);
  if (known.length === 0) return 0;
  const mine = proposed.map((context) => sizeOf(placement, context, counted));
  const covered = known.filter((context, at) => {
    const theirs = sizeOf(truth, context, counted);
    return proposed.some(
      (_, index) => overlap[index]![at]! / Math.max(mine[index]!, theirs) > threshold / 100,
    );
  });
  return (covered.length / known.length) * 100;
}
