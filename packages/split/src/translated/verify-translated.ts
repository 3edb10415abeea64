import type { RowTranslator } from '@banyan/runtime';
import { otherSide, type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { type Verification, verifyRows } from '../verify/verify.ts';
import { aboutRows } from '../verify-live/about-rows.ts';
import { leaveRoom } from '../verify-live/leave-room.ts';
import type { VerifyProgress } from '../verify-live/verify-progress.ts';
import { translatedCheckpoints, translatedName } from './translated-feed.ts';

/** How tables of two shapes are compared. */
export interface VerifyTranslatedOptions {
  /** The side whose rows are the truth. */
  readonly owner: SideName;
  /** From the owner's rows to those of the other side. */
  readonly translate: RowTranslator;
  /** Which part of the time is spent while others are at work on the owner's server, above 0. Default 1: all of it. */
  readonly share?: number;
  readonly onProgress?: (progress: VerifyProgress) => void;
  readonly signal?: AbortSignal;
}

/** Compares what the translator makes of the owner's rows with the rows of the other side, at one position of the owner's log. */
export async function verifyTranslated(
  sides: Sides,
  plan: SplitPlan,
  { owner, translate, share = 1, onProgress, signal }: VerifyTranslatedOptions,
): Promise<Verification> {
  const copy = otherSide(owner);
  const names = (side: SideName) => tablesAt(plan, side).map(({ name }) => name);
  const totalRows = await aboutRows(sides[owner].pool, names(owner));
  return verifyRows({
    translate,
    signal,
    leaveRoom: leaveRoom(sides[owner].pool, share, signal).leave,
    onProgress: (_compared, read) => onProgress?.({ compared: read, resumed: 0, totalRows }),
    source: sides[owner].url,
    target: sides[copy].url,
    checkpoints: translatedCheckpoints(sides, plan, copy),
    subscription: translatedName(plan, copy),
    tables: names(owner),
    into: names(copy),
  });
}
