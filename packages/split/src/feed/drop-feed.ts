import { setTimeout as sleep } from 'node:timers/promises';
import { toPostgresError } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask, runStatements } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { stopTranslated } from '../translated/turn-translated.ts';
import { dropPublication, dropSubscription } from './feed-statements.ts';

const subscriptionSql = `
  select oid from pg_subscription
  where subname = $1 and subdbid = (select oid from pg_database where datname = current_database())`;

/** Takes down the feed into a side: the subscription, its slots, the publication. May be repeated. */
export async function dropFeed(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  const name = feedName(plan, into);
  const from = sides[otherSide(into)];
  if (plan.reshaped !== undefined) await stopTranslated(sides, plan, into);
  const [found] = await ask<{ oid: number }>(sides[into].pool, subscriptionSql, [name]);
  if (found !== undefined) await runStatements(sides, dropSubscription(plan, into));
  await dropSlots(from.pool, name, found?.oid);
  await runStatements(sides, dropPublication(plan, into));
}

const slotsSql = `
  select slot_name as name, active_pid as pid from pg_replication_slots
  where database = current_database() and (slot_name = $1 or slot_name like $2)`;

/** A reader that was told to end lets go of its slot within moments; these are the moments. */
const tries = 100;

// A subscription that ends in the middle of its copy leaves the slots of its copying workers behind.
async function dropSlots(pool: pg.Pool, name: string, subscription: number | undefined): Promise<void> {
  const copying = subscription === undefined ? '' : `pg\\_${subscription}\\_sync\\_%`;
  for (let attempt = 1; ; attempt++) {
    const slots = await ask<{ name: string; pid: number | null }>(pool, slotsSql, [name, copying]);
    if (slots.length === 0) return;
    if (attempt > tries) throw slotInUse(slots[0]!.name);
    for (const slot of slots) {
      if (slot.pid !== null) await ask(pool, 'select pg_terminate_backend($1)', [slot.pid]);
      else await dropOne(pool, slot.name);
    }
    if (attempt > 1) await sleep(50);
  }
}

async function dropOne(pool: pg.Pool, slot: string): Promise<void> {
  try {
    await pool.query('select pg_drop_replication_slot($1)', [slot]);
  } catch (caught) {
    const { code } = caught as { code?: string };
    // 55006: a reader came back in between. 42704: somebody else dropped it.
    if (code !== '55006' && code !== '42704') throw toPostgresError(caught);
  }
}

function slotInUse(slot: string): Unavailable {
  return new Unavailable(
    'slot-in-use',
    `The replication slot ${slot} is read again and again by somebody else and can't be dropped: end that reader, then try again.`,
  );
}
