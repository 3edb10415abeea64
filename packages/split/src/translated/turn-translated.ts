import { beginChangeFeed, sourcePosition, startSubscriptionAt } from '@banyan/postgres';
import { quotedSchema, schemaName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { measureLag, type SignalOptions } from '../signal/await-signal.ts';
import { translatedCheckpoints, translatedFeed, translatedName, translatedSides } from './translated-feed.ts';

/** Lets the server keep its log for a feed into a side that will begin later, without a copy. */
export async function beginTranslated(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  slotMs: number,
): Promise<void> {
  await stop(sides, plan, into);
  await beginChangeFeed({ ...translatedFeed(sides, plan, into), snapshotTimeoutMs: slotMs });
}

/**
 * While nobody can write, and the new owner has everything: ends the feed forth, and begins the feed back where the new owner's log ends,
 * so that it sends nothing that came through the other. A signal through it proves that it is alive.
 * @throws Unavailable `split-timeout`
 */
export async function turnTranslated(
  sides: Sides,
  plan: SplitPlan,
  to: SideName,
  options: SignalOptions,
): Promise<void> {
  const from = otherSide(to);
  await stop(sides, plan, to);
  if (!translatedSides(plan).includes(from)) return;
  await startSubscriptionAt(sides[from].pool, {
    name: translatedName(plan, from),
    position: await sourcePosition(sides[to].pool),
    schema: schemaName(plan),
  });
  await measureLag(sides, plan, from, { ...options, everyMs: 5 });
}

/** Lets the feed into a side go on where it was ended, because the owner stays. */
export async function turnTranslatedBack(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  const from = otherSide(into);
  if (translatedSides(plan).includes(from)) await stop(sides, plan, from);
  await translatedCheckpoints(sides, plan, into).control(translatedName(plan, into), { desired: 'running' });
}

/** Ends a feed where there is one: what is under way is waited for, and nothing has an effect after it. */
export async function stopTranslated(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  const sql = 'select to_regclass($1) is not null as there';
  const [row] = await ask<{ there: boolean }>(sides[into].pool, sql, [`${quotedSchema(plan)}.subscriptions`]);
  if (row?.there === true) await stop(sides, plan, into);
}

async function stop(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  await translatedCheckpoints(sides, plan, into).control(translatedName(plan, into), { desired: 'stopped' });
}
