import { Unavailable } from '@banyan/runtime';
import { awaitFeed, bothKnowOrigins, establishFeed } from '../feed/establish-feed.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { measureLag } from '../signal/await-signal.ts';
import { translatedSides } from '../translated/translated-feed.ts';
import { beginTranslated } from '../translated/turn-translated.ts';

/** What is asked of the feeds before the owner is fenced. */
export interface WayBackOptions {
  /** How long a feed may take to begin, in milliseconds. */
  readonly slotMs: number;
  /** A feed counts as alive when a change arrives within this, in milliseconds. */
  readonly lagMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A way back that is alive. */
export interface WayBack {
  /** How long a change took back and forth, in milliseconds. A translated feed back has not begun yet. */
  readonly backMs?: number;
  readonly forthMs: number;
  /** Whether the tables are in it already; otherwise they are put into it while nobody can write them. */
  readonly complete: boolean;
}

/**
 * Makes the feed from the side that is to own the tables back to the one that owns them now, and proves by a change that goes
 * through it that it is alive; then makes sure that the feed forth is close behind.
 * @throws Unavailable `feed-behind`, `split-timeout`
 */
export async function proveWayBack(
  sides: Sides,
  plan: SplitPlan,
  to: SideName,
  { slotMs, lagMs, signal }: WayBackOptions,
): Promise<WayBack> {
  const from = otherSide(to);
  if (plan.reshaped !== undefined) return readyTranslated(sides, plan, to, { slotMs, lagMs, signal });
  const scope = (await bothKnowOrigins(sides)) ? 'tables' : 'signal';
  await establishFeed(sides, plan, from, { copy: false, slotMs, scope });
  await awaitFeed(sides, plan, from, slotMs);
  const backMs = await measureLag(sides, plan, from, { timeoutMs: slotMs, everyMs: 5, signal });
  const forthMs = await measureLag(sides, plan, to, { timeoutMs: slotMs, everyMs: 5, signal });
  if (forthMs > lagMs) throw feedBehind(to, forthMs, lagMs);
  return { backMs, forthMs, complete: scope === 'tables' };
}

/** A translated feed back begins once nobody can write, and is proved alive then. */
async function readyTranslated(
  sides: Sides,
  plan: SplitPlan,
  to: SideName,
  { slotMs, lagMs, signal }: WayBackOptions,
): Promise<WayBack> {
  const from = otherSide(to);
  if (translatedSides(plan).includes(from)) await beginTranslated(sides, plan, from, slotMs);
  const deadline = performance.now() + slotMs;
  // Who follows may have begun just now, and have to catch up.
  for (;;) {
    const forthMs = await measureLag(sides, plan, to, { timeoutMs: slotMs, everyMs: 5, signal });
    if (forthMs <= lagMs) return { forthMs, complete: false };
    if (performance.now() > deadline) throw feedBehind(to, forthMs, lagMs);
  }
}

function feedBehind(to: SideName, forthMs: number, lagMs: number): Unavailable {
  return new Unavailable(
    'feed-behind',
    `A change takes ${Math.round(forthMs)} ms from the ${otherSide(to)} to the ${to}, and writers would wait for so long: ` +
      `try again when it is below ${lagMs} ms, or raise lagMs in the limits of the split.`,
  );
}
