import { preflightChangeFeed, quoteTable, toPostgresError } from '@banyan/postgres';
import { comesBack, tablesAt } from '../plan/split-plan.ts';
import { uncountableSagas } from '../seam/open-sagas.ts';
import type { Facts } from './facts/facts.ts';
import { readLeftOvers } from './facts/left-overs.ts';
import type { Observed } from './facts/observed.ts';
import { readFilters } from './facts/read-filters.ts';
import { readSeam } from './facts/read-seam.ts';
import { neededTypes, readTables, readTypes } from './facts/read-tables.ts';
import { readServer } from './facts/server-facts.ts';
import { readCatalogue, withPool } from './facts/session.ts';
import { readSessions } from './facts/session-facts.ts';
import type { PreflightPlan } from './plan.ts';
import { type Problem, sortProblems } from './problem.ts';
import type { Rule } from './rules/rule.ts';
import { rules, rulesOfEqualShapes, rulesOfMoves } from './rules/rules.ts';

/**
 * Names everything that stands in the way of a split, before anything is touched: reads the catalogues of both sides, then asks the rules.
 * Changes nothing, holds no lock that a user could wait for, and ends a query of its own after 15 s.
 * @param source Connection string of the monolith's database.
 * @param target Connection string of the service's database.
 * @param observed What needs a parser or time to find out.
 * @returns Every problem, the worst first. A split may begin when none is an `error`.
 * @throws Unavailable, Terminal where one of the two can't be read.
 */
export async function preflight(
  source: string,
  target: string,
  plan: PreflightPlan,
  observed: Observed = {},
): Promise<readonly Problem[]> {
  try {
    return judge(await readFacts(source, target, plan, observed));
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** What the rules say of the facts. */
export function judge(facts: Facts): readonly Problem[] {
  const { reshaped, keep } = facts.plan;
  const isAsked = (rule: Rule) =>
    (reshaped === undefined || !rulesOfEqualShapes.has(rule)) &&
    (keep === undefined || !rulesOfMoves.has(rule));
  return sortProblems(rules.filter(isAsked).flatMap((rule) => rule(facts)));
}

async function readFacts(
  source: string,
  target: string,
  plan: PreflightPlan,
  observed: Observed,
): Promise<Facts> {
  const names = plan.tables.map(({ name }) => name);
  const wanted = names.map((name) => ({ name, quoted: quoteTable(name) }));
  const [at, types] = await withPool(source, async (pool) => {
    const feed = await preflightChangeFeed(pool, { tables: names });
    const [facts, needed] = await readCatalogue(pool, async (ask) => {
      const needed = await neededTypes(ask, names);
      const facts: Omit<Facts['source'], 'filters' | 'sagas'> = {
        server: await readServer(ask),
        feed,
        leftOvers: await readLeftOvers(ask, plan, 'source'),
        tables: await readTables(ask, names),
        types: await readTypes(ask, needed),
        seam: await readSeam(ask, names, observed),
        sessions: await readSessions(ask, wanted, plan.longTransactionSeconds ?? 60),
      };
      return [facts, needed] as const;
    });
    const asked = {
      filters: await readFilters(pool, plan, facts.tables),
      sagas: await uncountableSagas(pool, plan.seam),
    };
    return [{ ...facts, ...asked }, needed] as const;
  });
  const unfit = new Set(at.filters.map(({ table }) => table));
  const to = await withPool(target, async (pool) => {
    const there = tablesAt(plan, 'target');
    const feed = comesBack(plan)
      ? await preflightChangeFeed(pool, { tables: plan.reshaped?.into ?? [] })
      : [];
    return readCatalogue(
      pool,
      async (ask): Promise<Facts['target']> => ({
        server: await readServer(ask),
        feed,
        leftOvers: await readLeftOvers(ask, plan, 'target'),
        tables: await readTables(
          ask,
          there.map(({ name }) => name),
          there.filter(({ name }) => !unfit.has(name)),
        ),
        types: await readTypes(ask, types),
      }),
    );
  });
  return { plan, source: at, target: to, observed };
}
