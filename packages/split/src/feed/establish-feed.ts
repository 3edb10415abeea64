import { inTransaction } from '@banyan/postgres';
import { Rejected, Terminal, Unavailable } from '@banyan/runtime';
import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { until } from '../sides/patiently.ts';
import { ask } from '../sides/run-statements.ts';
import { runUnlogged } from '../sides/run-unlogged.ts';
import type { Sides } from '../sides/sides.ts';
import { feedState, isFollowing } from './feed-state.ts';
import { createPublication, createSlot, createSubscription } from './feed-statements.ts';
import { refuseUnfitPublisher } from './refuse-unfit-publisher.ts';
import { refuseWithoutIdentity } from './refuse-without-identity.ts';

/** How a feed begins. */
export interface EstablishOptions {
  readonly copy: boolean;
  /** How long the server may take to make the slot, in milliseconds: it waits for the transactions that are open. */
  readonly slotMs: number;
  /** What is published at first: the tables, or the signal only, to which the tables are added later. Default `tables`. */
  readonly scope?: 'tables' | 'signal';
}

/**
 * Makes the feed into a side: publication and slot on the other side, subscription on this one. What is there already is
 * left as it is, so that a broken attempt is gone on with.
 * @throws Invalid with everything that the publishing side lacks; Rejected `slot-taken`; Terminal `slot-lost`; Unavailable `slot-blocked`.
 */
export async function establishFeed(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  { copy, slotMs, scope = 'tables' }: EstablishOptions,
): Promise<void> {
  const from = sides[otherSide(into)];
  const state = await feedState(sides, plan, into);
  if (state.slotStatus === 'lost') throw slotLost(plan, into);
  if (!state.publication) {
    await refuseUnfitPublisher(sides, plan, otherSide(into));
    await publish(sides, plan, into, scope);
  }
  if (!state.slot) {
    if (state.subscription) throw slotMissing(plan, into);
    await makeSlot(sides, plan, into, slotMs);
  }
  if (state.subscription) return;
  // Nothing can go round in circles where nothing comes back. What came to the source through another feed belongs to the copy then:
  // its tables may have got another owner since.
  const ownOnly = plan.keep === undefined && (await bothKnowOrigins(sides));
  const start = { reach: from.reach, copy, ownOnly };
  for (const { on, sql } of createSubscription(plan, into, start)) await runUnlogged(sides[on].pool, sql);
}

/** Waits until the feed into a side runs and everything is copied. */
export async function awaitFeed(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  timeoutMs: number,
): Promise<void> {
  const look = async () => (isFollowing(await feedState(sides, plan, into)) ? true : undefined);
  await until(look, {
    timeoutMs,
    everyMs: 20,
    what: `the feed into the ${into} to run`,
    remedy: `Look into the log of the ${into}'s server: it says why its subscription ${feedName(plan, into)} can't connect or apply.`,
  });
}

async function publish(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
  scope: 'tables' | 'signal',
): Promise<void> {
  await inTransaction(sides[otherSide(into)].pool, async (client) => {
    // No writer waits behind this lock, and the server's cleaning up gives way only to who waits longer than its `deadlock_timeout`.
    await client.query("set local lock_timeout = '5s'");
    for (const { sql } of createPublication(plan, into, scope)) await client.query(sql);
    // Looked at under the publication's own locks, so that nobody can drop a key in between.
    await refuseWithoutIdentity(client, plan);
  });
}

async function makeSlot(sides: Sides, plan: SplitPlan, into: SideName, slotMs: number): Promise<void> {
  const from = sides[otherSide(into)];
  const client = await from.pool.connect();
  try {
    await client.query(`set statement_timeout = ${Math.trunc(slotMs)}`);
    for (const { sql } of createSlot(plan, into)) await client.query(sql);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '42710') throw slotTaken(plan, into, error);
    if (code !== '57014') throw error;
    throw new Unavailable('slot-blocked', await blockers(sides, into, slotMs), { cause: error });
  } finally {
    await client.query('reset statement_timeout').catch(() => undefined);
    client.release();
  }
}

const oldestSql = `
  select pid, coalesce(nullif(application_name, ''), usename, 'unknown') as who, datname as database,
    extract(epoch from now() - xact_start)::int as seconds
  from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid() order by xact_start limit 1`;

async function blockers(sides: Sides, into: SideName, slotMs: number): Promise<string> {
  const from = otherSide(into);
  const [oldest] = await ask<{ pid: number; who: string; database: string; seconds: number }>(
    sides[from].pool,
    oldestSql,
  );
  const who =
    oldest === undefined
      ? 'perhaps a prepared transaction is open (select * from pg_prepared_xacts)'
      : `the oldest is of ${oldest.who} (process ${oldest.pid}, database ${oldest.database}), open for ${oldest.seconds} s`;
  return `The ${from}'s server could not begin a feed within ${slotMs} ms, because transactions are open: ${who}. End it, or try again later.`;
}

const originVersion = 160_000;

/** Whether both servers can tell a change of their own from one that came through a feed. */
export async function bothKnowOrigins({ source, target }: Sides): Promise<boolean> {
  const sql = "select current_setting('server_version_num')::int as version";
  const versions = await Promise.all([source, target].map(({ pool }) => ask<{ version: number }>(pool, sql)));
  return versions.every(([row]) => row!.version >= originVersion);
}

function slotLost(plan: SplitPlan, into: SideName): Terminal {
  return new Terminal(
    'slot-lost',
    `The ${otherSide(into)} gave up the log of the slot ${feedName(plan, into)}, because more was waiting than max_slot_wal_keep_size allows. ` +
      `Abort the split (banyan split abort ${plan.name}), raise that setting, and run it again.`,
  );
}

function slotTaken(plan: SplitPlan, into: SideName, cause: unknown): Rejected {
  return new Rejected(
    'slot-taken',
    `The ${otherSide(into)}'s server has a replication slot ${feedName(plan, into)} of another database already: where nobody needs it, drop it there ` +
      `(select database from pg_replication_slots; select pg_drop_replication_slot('${feedName(plan, into)}')), or give the split another name.`,
    { cause },
  );
}

function slotMissing(plan: SplitPlan, into: SideName): Terminal {
  return new Terminal(
    'slot-missing',
    `The subscription ${feedName(plan, into)} is there and its slot on the ${otherSide(into)} is not: what was written meanwhile is not kept. ` +
      `Abort the split (banyan split abort ${plan.name}) and run it again.`,
  );
}
