import { feedName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { translatedState } from '../translated/translated-state.ts';

/** What the catalogues say of the feed into a side. */
export interface FeedState {
  readonly publication: boolean;
  readonly slot: boolean;
  /** `lost` when the server gave up its log. */
  readonly slotStatus?: string | null;
  /** Bytes of log that the slot keeps. */
  readonly retainedBytes: number;
  readonly subscription: boolean;
  /** Whether a worker of the subscription runs now. */
  readonly running: boolean;
  /** Tables of it, and how many of them are copied and follow. */
  readonly tables: number;
  readonly ready: number;
  /** How often a change could not be applied. */
  readonly errors: number;
  /** What keeps a translated feed from going on; of another the server's log says it. */
  readonly error?: string;
}

const publisherSql = `
  select exists (select from pg_publication where pubname = $1) as publication, s.slot_name is not null as slot, s.active,
    s.wal_status as status, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::float8 as bytes
  from (values (1)) one left join pg_replication_slots s on s.slot_name = $1 and s.database = current_database()`;

const subscriberSql = `
  select s.oid is not null as subscription,
    exists (select from pg_stat_subscription w where w.subid = s.oid and w.pid is not null and w.relid is null) as running,
    (select count(*)::int from pg_subscription_rel r where r.srsubid = s.oid) as tables,
    (select count(*)::int from pg_subscription_rel r where r.srsubid = s.oid and r.srsubstate = 'r') as ready,
    coalesce((select apply_error_count + sync_error_count from pg_stat_subscription_stats t where t.subid = s.oid), 0)::int as errors
  from (values (1)) one left join pg_subscription s
    on s.subname = $1 and s.subdbid = (select oid from pg_database where datname = current_database())`;

interface Published {
  readonly publication: boolean;
  readonly slot: boolean;
  readonly active: boolean | null;
  readonly status: string | null;
  readonly bytes: number;
}

type Subscribed = Pick<FeedState, 'subscription' | 'running' | 'tables' | 'ready' | 'errors'>;

/** Looks at both ends of the feed into a side. */
export async function feedState(sides: Sides, plan: SplitPlan, into: SideName): Promise<FeedState> {
  const name = feedName(plan, into);
  const [[published], subscribed] = await Promise.all([
    ask<Published>(sides[otherSide(into)].pool, publisherSql, [name]),
    plan.reshaped === undefined
      ? ask<Subscribed>(sides[into].pool, subscriberSql, [name]).then(([found]) => found!)
      : translatedState(sides, plan, into),
  ]);
  return {
    publication: published!.publication,
    slot: published!.slot,
    slotStatus: published!.status,
    retainedBytes: published!.bytes,
    running: published!.active === true,
    ...subscribed,
  };
}

/** Whether the whole feed is there, everything is copied and it runs. */
export function isFollowing(state: FeedState): boolean {
  return state.slot && state.running && state.tables > 0 && state.ready === state.tables;
}
