import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import { type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';

/** A foreign key of another table of the target to one that the split fills. */
interface Reference {
  /** Of the referring table, as SQL. */
  readonly from: string;
  /** Of the one that it refers to, as SQL. */
  readonly to: string;
  readonly constraint: string;
  readonly columns: readonly string[];
}

const referencesSql = `
  select c.conrelid::regclass::text as from, c.confrelid::regclass::text as to, c.conname::text as constraint,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey)) as columns
  from pg_constraint c, (select array_agg(to_regclass(quoted)::oid) as ours from unnest($1::text[]) as t(quoted) where to_regclass(quoted) is not null) t
  where c.contype = 'f' and c.confrelid = any (t.ours) and c.conrelid <> all (t.ours) order by 1, 3`;

/** The foreign keys of other tables of the target to those that the split fills. */
export function referencesToTarget(sides: Sides, plan: SplitPlan): Promise<Reference[]> {
  return ask<Reference>(sides.target.pool, referencesSql, [
    tablesAt(plan, 'target').map(({ name }) => quoteTable(name)),
  ]);
}

/**
 * Refuses to take rows away to which others of the target refer.
 * @throws Rejected `rows-referenced`
 */
export async function refuseReferenced(sides: Sides, plan: SplitPlan): Promise<void> {
  for (const { from, to, constraint, columns } of await referencesToTarget(sides, plan)) {
    const isSet = columns.map((column) => `${quoteIdentifier(column)} is not null`).join(' and ');
    const found = await ask(sides.target.pool, `select 1 from ${from} where ${isSet} limit 1`);
    if (found.length === 0) continue;
    throw new Rejected(
      'rows-referenced',
      `Rows of ${from} at the target refer to ${to}, from which the split ${plan.name} would take its rows away: ` +
        `abort the split that fills ${from} first, or run there: alter table ${from} drop constraint ${quoteIdentifier(constraint)};`,
    );
  }
}
