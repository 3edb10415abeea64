import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type pg from 'pg';
import type { SplitPlan } from '../../plan/split-plan.ts';
import { readCatalogue } from './session.ts';
import type { TableFacts } from './table-facts.ts';

/** A condition for rows that can't be asked of the columns by which the rows are named. */
export interface UnfitFilter {
  readonly table: string;
  readonly where: string;
  /** What the server says. */
  readonly why: string;
}

/** Lets the server plan each condition of the plan over the key's columns alone: what it can't find there could not be published. */
export async function readFilters(
  pool: pg.Pool,
  plan: SplitPlan,
  tables: readonly TableFacts[],
): Promise<readonly UnfitFilter[]> {
  const unfit: UnfitFilter[] = [];
  for (const { name, where } of plan.tables) {
    const identity = tables.find((table) => table.name === name)?.identity ?? [];
    if (where === undefined || identity.length === 0) continue;
    const key = identity.map(quoteIdentifier).join(', ');
    const alias = quoteIdentifier(name.slice(name.indexOf('.') + 1));
    const sql = `explain select from (select ${key} from only ${quoteTable(name)}) ${alias} where (${where})`;
    const why = await readCatalogue(pool, (ask) => ask(sql)).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (why !== undefined) unfit.push({ table: name, where, why });
  }
  return unfit;
}
