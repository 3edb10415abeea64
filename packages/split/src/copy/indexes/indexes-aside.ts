import { inTransaction, toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import { feedName, quotedSchema } from '../../plan/names.ts';
import type { SplitPlan } from '../../plan/split-plan.ts';
import { ask } from '../../sides/run-statements.ts';

/** The target's tables whose indexes are to be made again, each with the statements that do so. */
export function asideTable(plan: Pick<SplitPlan, 'name'>): string {
  return `${quotedSchema(plan)}.aside`;
}

/** A table that is copied without its indexes. */
export interface BareTable {
  /** Quoted. */
  readonly name: string;
  /** As `pg_subscription_rel` has it; none where the subscription does not know the table yet. */
  readonly state: string | null;
  /** Whether a worker copies it, or lets it catch up. */
  readonly working: boolean;
}

const bareSql = (plan: SplitPlan) => `
  select a.name, r.srsubstate::text as state, exists (
    select from pg_stat_subscription w where w.subid = s.oid and w.relid = r.srrelid and w.pid is not null) as working
  from ${asideTable(plan)} a
  left join pg_subscription s on s.subname = $1 and s.subdbid = (select oid from pg_database where datname = current_database())
  left join pg_subscription_rel r on r.srsubid = s.oid and r.srrelid = to_regclass(a.name)
  order by 1`;

/** Looks which tables are without their indexes now. */
export async function bareTables(pool: pg.Pool, plan: SplitPlan): Promise<readonly BareTable[]> {
  if (!(await isKept(pool, plan))) return [];
  return ask<BareTable & pg.QueryResultRow>(pool, bareSql(plan), [feedName(plan, 'target')]);
}

/** Makes the indexes of a table again, all in one transaction with what is known of them. */
export async function bringIndexesBack(pool: pg.Pool, plan: SplitPlan, name: string): Promise<void> {
  try {
    await inTransaction(pool, async (client) => {
      const { rows } = await client.query<{ back: string[] }>(
        `delete from ${asideTable(plan)} where name = $1 returning back`,
        [name],
      );
      for (const sql of rows.flatMap(({ back }) => back)) await client.query(sql);
    });
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** Makes all of them again, whatever has become of the copy. */
export async function bringAllBack(pool: pg.Pool, plan: SplitPlan): Promise<void> {
  for (const { name } of await bareTables(pool, plan)) await bringIndexesBack(pool, plan, name);
}

async function isKept(pool: pg.Pool, plan: SplitPlan): Promise<boolean> {
  const [row] = await ask<{ kept: boolean }>(pool, 'select to_regclass($1) is not null as kept', [
    asideTable(plan),
  ]);
  return row!.kept;
}
