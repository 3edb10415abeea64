import { inTransaction, quoteTable } from '@banyan/postgres';
import type { SplitPlan } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';

const fencedSql = `
  select 1 from pg_trigger where tgrelid = to_regclass($1) and tgname = 'banyan_fence' and not tgisinternal`;

/**
 * Empties the target's tables, as they were before the copy. Only while our fence is on all of them: nobody else can have written
 * there then.
 */
export async function abandonTarget(sides: Sides, plan: SplitPlan): Promise<void> {
  const tables = plan.tables.map(({ name }) => quoteTable(name));
  await inTransaction(sides.target.pool, async (client) => {
    await client.query("set local lock_timeout = '5s'");
    for (const table of tables) {
      if ((await client.query(fencedSql, [table])).rowCount === 0) return;
    }
    for (const table of tables) await client.query(`alter table ${table} disable trigger banyan_fence`);
    await client.query(`truncate ${tables.map((table) => `only ${table}`).join(', ')}`);
    for (const table of tables) await client.query(`alter table ${table} enable trigger banyan_fence`);
  });
}
