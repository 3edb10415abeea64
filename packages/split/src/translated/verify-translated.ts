import type { RowTranslator } from '@banyan/runtime';
import { otherSide, type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { type Verification, verifyRows } from '../verify/verify.ts';
import { translatedCheckpoints, translatedName } from './translated-feed.ts';

/** How tables of two shapes are compared. */
export interface VerifyTranslatedOptions {
  /** The side whose rows are the truth. */
  readonly owner: SideName;
  /** From the owner's rows to those of the other side. */
  readonly translate: RowTranslator;
  readonly onProgress?: (compared: number) => void;
  readonly signal?: AbortSignal;
}

/** Compares what the translator makes of the owner's rows with the rows of the other side, at one position of the owner's log. */
export function verifyTranslated(
  sides: Sides,
  plan: SplitPlan,
  { owner, ...options }: VerifyTranslatedOptions,
): Promise<Verification> {
  const copy = otherSide(owner);
  const names = (side: SideName) => tablesAt(plan, side).map(({ name }) => name);
  return verifyRows({
    ...options,
    source: sides[owner].url,
    target: sides[copy].url,
    checkpoints: translatedCheckpoints(sides, plan, copy),
    subscription: translatedName(plan, copy),
    tables: names(owner),
    into: names(copy),
  });
}
