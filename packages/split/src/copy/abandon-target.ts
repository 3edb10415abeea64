import { inTransaction, quoteTable } from '@banyan/postgres';
import type pg from 'pg';
import { type SplitPlan, type SplitTable, tablesAt } from '../plan/split-plan.ts';
import type { Sides } from '../sides/sides.ts';
import { bringAllBack } from './indexes/indexes-aside.ts';
import { isReferenced, refuseReferenced } from './references-to-target.ts';

/** SQLSTATE of a row that others refer to: foreign key violation. */
const isReferredTo = '23503';

const fencedSql = `
  select 1 from pg_trigger where tgrelid = to_regclass($1) and tgname = 'banyan_fence' and not tgisinternal`;

/**
 * Empties the target's tables, as they were before the copy. Only while our fence is on all of them: nobody else can have written
 * there then.
 * @throws Rejected `rows-referenced`
 */
export async function abandonTarget(sides: Sides, plan: SplitPlan): Promise<void> {
  const moved = tablesAt(plan, 'target');
  const tables = moved.map(({ name }) => quoteTable(name));
  await inTransaction(sides.target.pool, async (client) => {
    await client.query("set local lock_timeout = '5s'");
    for (const table of tables) {
      if ((await client.query(fencedSql, [table])).rowCount === 0) return;
    }
    const silent = await triggersOf(client, tables);
    const setTriggers = async (how: 'enable' | 'disable') => {
      for (const { table, trigger } of silent)
        await client.query(`alter table ${table} ${how} trigger ${trigger}`);
    };
    await setTriggers('disable');
    const others = await isReferenced(client, plan);
    if (others) {
      // Who begins to refer to a row now waits: a key that cascades would take what refers along.
      await client.query(`lock table only ${tables.join(', only ')} in exclusive mode`);
      await refuseReferenced(client, plan);
    }
    // A table to which another one refers can't be truncated, even where no row does.
    const whole = others ? [] : moved.filter(({ where }) => where === undefined);
    if (whole.length > 0)
      await client.query(`truncate ${whole.map(({ name }) => `only ${quoteTable(name)}`).join(', ')}`);
    await deleteRows(
      client,
      moved.filter((table) => !whole.includes(table)),
    );
    await setTriggers('enable');
  });
  await bringAllBack(sides.target.pool, plan);
}

const triggersSql = `
  select quoted as table, quote_ident(tgname) as trigger from unnest($1::text[]) as ours (quoted)
  join pg_trigger on tgrelid = to_regclass(quoted) where not tgisinternal and tgenabled = 'O'`;

/** Our fences, and what of the service's did not hear of the rows when they came, as replication wakes no other than those that are `always` awake. */
async function triggersOf(
  client: pg.ClientBase,
  tables: readonly string[],
): Promise<readonly { table: string; trigger: string }[]> {
  return (await client.query<{ table: string; trigger: string }>(triggersSql, [tables])).rows;
}

/** Rows that refer to others of these tables go before them; which do, the server says. */
async function deleteRows(client: pg.ClientBase, tables: readonly SplitTable[]): Promise<void> {
  const left = [...tables];
  for (let postponed = 0; left.length > 0; ) {
    const { name, where } = left.shift()!;
    await client.query('savepoint rows');
    try {
      await client.query(`delete from only ${quoteTable(name)} where (${where ?? 'true'})`);
      postponed = 0;
    } catch (error) {
      if ((error as { code?: string }).code !== isReferredTo || postponed > left.length) throw error;
      await client.query('rollback to rows');
      left.push({ name, ...(where === undefined ? {} : { where }) });
      postponed++;
    }
  }
}
