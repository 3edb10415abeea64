import { inTransaction, quoteTable } from '@banyan/postgres';
import { type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { bringAllBack } from './indexes/indexes-aside.ts';

const fencedSql = `
  select 1 from pg_trigger where tgrelid = to_regclass($1) and tgname = 'banyan_fence' and not tgisinternal`;

/**
 * Empties the target's tables, as they were before the copy. Only while our fence is on all of them: nobody else can have written
 * there then.
 */
export async function abandonTarget(sides: Sides, plan: SplitPlan): Promise<void> {
  const moved = tablesAt(plan, 'target');
  const tables = moved.map(({ name }) => quoteTable(name));
  await inTransaction(sides.target.pool, async (client) => {
    await client.query("set local lock_timeout = '5s'");
    for (const table of tables) {
      if ((await client.query(fencedSql, [table])).rowCount === 0) return;
    }
    const fences = ['banyan_fence', 'banyan_fence_rows'];
    const setFences = async (how: 'enable' | 'disable') => {
      for (const table of tables)
        for (const fence of fences) await client.query(`alter table ${table} ${how} trigger ${fence}`);
    };
    await setFences('disable');
    const whole = moved.filter(({ where }) => where === undefined);
    if (whole.length > 0)
      await client.query(`truncate ${whole.map(({ name }) => `only ${quoteTable(name)}`).join(', ')}`);
    for (const { name, where } of moved)
      if (where !== undefined) await client.query(`delete from only ${quoteTable(name)} where (${where})`);
    await setFences('enable');
  });
  await bringAllBack(sides.target.pool, plan);
}
