import { quoteTable } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import { quotedSchema, schemaName } from '../plan/names.ts';
import type { SplitPlan, SplitTable } from '../plan/split-plan.ts';

/** Where a table is kept once its split is finished. */
export function keptTable(plan: SplitPlan, { name }: SplitTable): string {
  return `${schemaName(plan)}.${name.slice(name.indexOf('.') + 1)}`;
}

/** Moves the monolith's old tables out of the way: into the split's own schema, where nobody finds them by their names. */
export function keepOldTables(plan: SplitPlan): Statement[] {
  return plan.tables.flatMap(({ name }) =>
    statements('source', `alter table if exists ${quoteTable(name)} set schema ${quotedSchema(plan)}`),
  );
}

/** Drops them for good, with the schema. What still refers to them keeps them from being dropped. */
export function dropOldTables(plan: SplitPlan): Statement[] {
  const tables = plan.tables.map((table) => quoteTable(keptTable(plan, table))).join(', ');
  return statements(
    'source',
    `drop table if exists ${tables}`,
    `drop schema if exists ${quotedSchema(plan)} cascade`,
  );
}
