import type { SplitPlan } from '../../plan/split-plan.ts';
import { ask } from '../../sides/run-statements.ts';
import type { Sides } from '../../sides/sides.ts';
import { pauseFor } from './pace-statements.ts';
import { type LoadLimits, overload, readLoad } from './source-load.ts';

/** How often the source is asked, and how long a pause is, in milliseconds: what is left of the time is the copy's in any case. */
const everyMs = 1_000;
const pauseMs = 2_000;
const workMs = 500;

/** Lets the copy pause while the source has too much to do. */
export interface Throttle {
  /** Looks, where it is time to. Why the copy pauses now, if it does. */
  look(): Promise<string | undefined>;
}

/** A throttle of tables that have the check for it. */
export function throttle(sides: Sides, plan: SplitPlan, limits: LoadLimits | undefined): Throttle {
  let next = 0;
  let why: string | undefined;
  return {
    async look() {
      if (limits === undefined || performance.now() < next) return why;
      why = overload(await readLoad(sides.source.pool, plan), limits);
      if (why !== undefined) await ask(sides.target.pool, pauseFor(plan, pauseMs));
      next = performance.now() + (why === undefined ? everyMs : pauseMs + workMs);
      return why;
    },
  };
}
