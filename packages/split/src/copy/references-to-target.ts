import { quoteTable } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import type pg from 'pg';
import { type SplitPlan, type SplitTable, tablesAt } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';

/** A foreign key of another table of the target to one that the split fills. All names as SQL. */
interface Reference {
  /** The referring table. */
  readonly from: string;
  readonly columns: readonly string[];
  readonly constraint: string;
  /** The one that it refers to. */
  readonly to: string;
  readonly toColumns: readonly string[];
}

const columnsSql = (table: string, numbers: string) => `
  array(select quote_ident(a.attname) from unnest(${numbers}) with ordinality as k (number, at)
    join pg_attribute a on a.attrelid = ${table} and a.attnum = k.number order by k.at)`;

const referencesSql = `
  select c.conrelid::regclass::text as from, c.confrelid::regclass::text as to, quote_ident(c.conname) as constraint,
    ${columnsSql('c.conrelid', 'c.conkey')} as columns, ${columnsSql('c.confrelid', 'c.confkey')} as "toColumns"
  from pg_constraint c
  where c.contype = 'f' and c.confrelid = to_regclass($1)
    and c.conrelid not in (select to_regclass(quoted) from unnest($2::text[]) as ours (quoted) where to_regclass(quoted) is not null)
  order by 1, 3`;

/** Whether other tables of the target have foreign keys to those that the split fills. */
export async function isReferenced(client: pg.ClientBase, plan: SplitPlan): Promise<boolean> {
  for (const table of tablesAt(plan, 'target'))
    if ((await referencesTo(client, plan, table)).length > 0) return true;
  return false;
}

/**
 * Refuses to take rows away to which others of the target refer.
 * @throws Rejected `rows-referenced`
 */
export async function refuseReferenced(client: pg.Pool | pg.ClientBase, plan: SplitPlan): Promise<void> {
  for (const table of tablesAt(plan, 'target')) {
    const { name, where = 'true' } = table;
    for (const { from, columns, constraint, to, toColumns } of await referencesTo(client, plan, table)) {
      // A part of a table may have rows beside it that are the service's own.
      const taken = `select ${toColumns.join(', ')} from only ${quoteTable(name)} where (${where})`;
      const found = await ask(
        client,
        `select 1 from ${from} where (${columns.join(', ')}) in (${taken}) limit 1`,
      );
      if (found.length === 0) continue;
      throw new Rejected(
        'rows-referenced',
        `Rows of ${from} at the target refer to ${to}, from which the split ${plan.name} would take its rows away: ` +
          `abort the split that fills ${from} first, or run there: alter table ${from} drop constraint ${constraint};`,
      );
    }
  }
}

function referencesTo(
  client: pg.Pool | pg.ClientBase,
  plan: SplitPlan,
  { name }: SplitTable,
): Promise<Reference[]> {
  const ours = tablesAt(plan, 'target').map((table) => quoteTable(table.name));
  return ask<Reference>(client, referencesSql, [quoteTable(name), ours]);
}
