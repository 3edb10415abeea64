import { quoteTable } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import type pg from 'pg';
import type { SplitPlan } from '../plan/split-plan.ts';
import { keptTable } from './keep-old-tables.ts';

const referencesSql = `
  with ours as (select to_regclass(quoted) as oid from unnest($1::text[]) as t (quoted) where to_regclass(quoted) is not null)
  select c.conrelid::regclass::text as from, c.confrelid::regclass::text as to, quote_ident(c.conname) as constraint
  from pg_constraint c
  where c.contype = 'f' and c.conparentid = 0 and c.confrelid in (select oid from ours) and c.conrelid not in (select oid from ours)
  order by 1, 3`;

/**
 * Refuses to take away the monolith's old tables while foreign keys of others lead to them: where they are kept no new row arrives, and
 * whoever refers to one would be refused.
 * @throws Rejected `referred-to-still`
 */
export async function refuseReferred(source: pg.Pool, plan: SplitPlan): Promise<void> {
  const whole = plan.tables.filter(({ where }) => where === undefined);
  const names = whole.flatMap((table) => [quoteTable(table.name), quoteTable(keptTable(plan, table))]);
  const { rows } = await source.query<{ from: string; to: string; constraint: string }>(referencesSql, [
    names,
  ]);
  if (rows.length === 0) return;
  const keys = rows.map(({ from, to, constraint }) => `${constraint} of ${from} to ${to}`).join(', ');
  const drops = rows
    .map(({ from, constraint }) => `alter table ${from} drop constraint ${constraint};`)
    .join(' ');
  throw new Rejected(
    'referred-to-still',
    `The monolith has foreign keys to tables that are the service's: ${keys}. To a table that is kept no new row comes, and what refers to one would be refused. ` +
      `Run at the monolith, where the key has its answer: ${drops}`,
  );
}
