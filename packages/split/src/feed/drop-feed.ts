import { setTimeout as sleep } from 'node:timers/promises';
import { toPostgresError } from '@banyan/postgres';
import { Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import type { Statement } from '../plan/action.ts';
import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask, runStatements } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { stopTranslated } from '../translated/turn-translated.ts';
import { detachSubscription, dropPublication, dropSubscription } from './feed-statements.ts';

const subscriptionSql = `
  select oid from pg_subscription
  where subname = $1 and subdbid = (select oid from pg_database where datname = current_database())`;

/** Takes down the feed into a side: the subscription, its slots, the publication. May be repeated. */
export async function dropFeed(sides: Sides, plan: SplitPlan, into: SideName): Promise<void> {
  const name = feedName(plan, into);
  const feed = { from: sides[otherSide(into)].pool, into: sides[into].pool, name };
  if (plan.reshaped !== undefined) await stopTranslated(sides, plan, into);
  const [found] = await ask<{ oid: number }>(feed.into, subscriptionSql, [name]);
  if (found !== undefined) {
    await runStatements(sides, detachSubscription(plan, into));
    await dropDetached({ ...feed, subscription: found.oid }, dropSubscription(plan, into));
  }
  await endReaders({ ...feed, subscription: found?.oid });
  await runStatements(sides, dropPublication(plan, into));
}

interface Feed {
  readonly from: pg.Pool;
  readonly into: pg.Pool;
  readonly name: string;
  readonly subscription: number | undefined;
}

/** How often the server is asked to drop a subscription; each time for as long as `dropSubscription` allows. */
const drops = 3;

// Dropping a subscription, the server waits for the slots of its copying workers to be free. One that is being made waits in
// turn for all transactions, on one server also for that of the drop: so first nobody is left who could make one.
async function dropDetached(feed: Feed, [drop]: readonly Statement[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await endReaders(feed);
    try {
      await feed.into.query(drop!.sql);
      return;
    } catch (caught) {
      const { code } = caught as { code?: string };
      if (code === '42704') return;
      // 57014: it waited too long, so a worker's last words made a slot after all.
      if (code !== '57014' || attempt === drops) throw toPostgresError(caught);
    }
  }
}

const slotsSql = `
  select slot_name as name, active_pid as pid from pg_replication_slots
  where database = current_database() and (slot_name = $1 or slot_name like $2)`;

const endWorkersSql = `
  select pid, pg_terminate_backend(pid) from pg_stat_subscription where subid = $1 and pid is not null`;

/** A reader that was told to end lets go of its slot within moments; these are the moments. */
const tries = 200;

// A worker that ends in the middle of its copy leaves its slot behind, and one that waits for an answer hears of no end but this.
async function endReaders({ from, into, name, subscription }: Feed): Promise<void> {
  const copying = subscription === undefined ? '' : `pg\\_${subscription}\\_sync\\_%`;
  for (let attempt = 1; ; attempt++) {
    const workers = subscription === undefined ? [] : await ask(into, endWorkersSql, [subscription]);
    const slots = await ask<{ name: string; pid: number | null }>(from, slotsSql, [name, copying]);
    if (workers.length + slots.length === 0) return;
    if (attempt > tries) throw inUse(name, slots[0]?.name);
    for (const slot of slots) {
      if (slot.pid !== null) await ask(from, 'select pg_terminate_backend($1)', [slot.pid]);
      else await dropOne(from, slot.name);
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

function inUse(feed: string, slot: string | undefined): Unavailable {
  return slot === undefined
    ? new Unavailable(
        'subscription-in-use',
        `The workers of the subscription ${feed} do not end, so it can't be dropped: see what they wait for in pg_stat_activity, then try again.`,
      )
    : new Unavailable(
        'slot-in-use',
        `The replication slot ${slot} is read again and again by somebody else and can't be dropped: end that reader, then try again.`,
      );
}
