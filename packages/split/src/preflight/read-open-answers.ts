import { toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import { couldBeOpen, type OpenAnswer, openAnswers } from '../seam/open-answers.ts';
import type { Observed } from './facts/observed.ts';
import { readSeam } from './facts/read-seam.ts';
import { readCatalogue } from './facts/session.ts';
import type { PreflightPlan } from './plan.ts';

/**
 * Looks which answers of a plan nobody has carried out: the triggers, views and functions that were to be replaced or dropped and still
 * reach the tables that leave. Changes nothing, as `preflight`.
 * @param pool Of the monolith's database.
 * @param observe What a parser says of functions; asked for only where an answer could be open.
 */
export async function readOpenAnswers(
  pool: pg.Pool,
  plan: PreflightPlan,
  observe: () => Promise<Pick<Observed, 'tablesOfFunction'>>,
): Promise<readonly OpenAnswer[]> {
  const { seam = {} } = plan;
  if (!couldBeOpen(seam)) return [];
  const observed = await observe();
  const names = plan.tables.map(({ name }) => name);
  try {
    const facts = await readCatalogue(pool, (ask) => readSeam(ask, names, observed));
    return openAnswers(facts, plan, seam);
  } catch (error) {
    throw toPostgresError(error);
  }
}
