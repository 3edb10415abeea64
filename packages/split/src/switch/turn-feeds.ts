import { quoteTable } from '@banyan/postgres';
import { publishTables, refreshSubscription, unpublishTables } from '../feed/feed-statements.ts';
import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan, type SplitTable } from '../plan/split-plan.ts';
import { runInMoments } from '../sides/run-in-moments.ts';
import { ask, runStatements } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import type { SignalOptions } from '../signal/await-signal.ts';
import { turnTranslated, turnTranslatedBack } from '../translated/turn-translated.ts';

/**
 * Before PostgreSQL 16 a feed can't leave out what came through another one, so rows would go round in circles. There the tables are
 * taken out of the feed forth and put into the feed back while nobody can write them: a change is published, or not, by
 * what the publication was when it was made.
 */
export async function turnFeeds(
  sides: Sides,
  plan: SplitPlan,
  to: SideName,
  options: SignalOptions,
): Promise<void> {
  if (plan.reshaped !== undefined) return turnTranslated(sides, plan, to, options);
  const from = otherSide(to);
  const forth = await publishedTables(sides, plan, to, true);
  if (forth.length > 0) await runInMoments(sides, unpublishTables(plan, to, forth));
  const back = await publishedTables(sides, plan, from, false);
  if (back.length > 0) await runInMoments(sides, publishTables(plan, from, back));
  await runStatements(sides, refreshSubscription(plan, from));
}

/** Puts the tables back into the feed into a side, where a change of the owner that is undone took them out. */
export async function turnBack(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  if (plan.reshaped !== undefined) return turnTranslatedBack(sides, plan, into);
  const sql = 'select 1 from pg_publication where pubname = $1';
  const there = await ask(sides[otherSide(into)].pool, sql, [feedName(plan, into)]);
  if (there.length === 0) return;
  const missing = await publishedTables(sides, plan, into, false);
  if (missing.length > 0) await runInMoments(sides, publishTables(plan, into, missing));
}

const publishedSql = `
  select wanted.name from unnest($2::text[], $3::text[]) as wanted(name, quoted)
  where exists (select from pg_publication p join pg_publication_rel r on r.prpubid = p.oid
    where p.pubname = $1 and r.prrelid = wanted.quoted::regclass) = $4::bool`;

/** The tables that are in the feed into a side, or those that are not. */
async function publishedTables(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  published: boolean,
): Promise<readonly SplitTable[]> {
  const names = plan.tables.map(({ name }) => name);
  const rows = await ask<{ name: string }>(sides[otherSide(into)].pool, publishedSql, [
    feedName(plan, into),
    names,
    names.map(quoteTable),
    published,
  ]);
  return plan.tables.filter(({ name }) => rows.some((row) => row.name === name));
}
