import { quoteTable } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import { quotedSchema, schemaName } from '../plan/names.ts';
import type { SplitPlan, SplitTable } from '../plan/split-plan.ts';

/** Where a table is kept once its split is finished. */
export function keptTable(plan: SplitPlan, { name }: SplitTable): string {
  return `${schemaName(plan)}.${name.slice(name.indexOf('.') + 1)}`;
}

const isWhole = ({ where }: SplitTable) => where === undefined;

/**
 * Moves the monolith's old tables out of the way: into the split's own schema, where nobody finds them by their names. One of which only
 * some rows have moved stays where it is, with the fence over those.
 */
export function keepOldTables(plan: SplitPlan): Statement[] {
  return plan.tables
    .filter(isWhole)
    .flatMap(({ name }) =>
      statements('source', `alter table if exists ${quoteTable(name)} set schema ${quotedSchema(plan)}`),
    );
}

/** Drops them for good, with the schema; of a table that stays, the rows that moved. What still refers to them keeps them from it. */
export function dropOldTables(plan: SplitPlan): Statement[] {
  const whole = plan.tables.filter(isWhole).map((table) => quoteTable(keptTable(plan, table)));
  return statements(
    'source',
    ...plan.tables.filter((table) => !isWhole(table)).map(deleteMoved),
    ...(whole.length === 0 ? [] : [`drop table if exists ${whole.join(', ')}`]),
    `drop schema if exists ${quotedSchema(plan)} cascade`,
  );
}

/** In one message, so that nobody can write these rows once the fence is off and they are still there. */
function deleteMoved({ name, where }: SplitTable): string {
  const table = quoteTable(name);
  return (
    `drop trigger if exists banyan_fence on ${table}; drop trigger if exists banyan_fence_rows on ${table}; ` +
    `delete from only ${table} where (${where})`
  );
}
