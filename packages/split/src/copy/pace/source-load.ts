import type pg from 'pg';
import { feedName } from '../../plan/names.ts';
import type { SplitPlan } from '../../plan/split-plan.ts';
import { isAtWorkSql } from '../../sides/at-work.ts';
import { ask } from '../../sides/run-statements.ts';

/** What the source has to bear now. */
export interface SourceLoad {
  /** Sessions of clients that work on a statement. */
  readonly sessions: number;
  /** How long the server took to answer this question, in milliseconds. */
  readonly probeMs: number;
  /** How far the slowest standby is behind, in milliseconds. */
  readonly standbyLagMs: number;
  /** How much of the log that it may keep for us it keeps already, from 0 to 1. */
  readonly keptShare: number;
}

/** Above which the copy pauses. */
export interface LoadLimits {
  readonly sessions: number;
  readonly probeMs: number;
  readonly standbyLagMs: number;
}

const loadSql = `
  select (select count(*)::int from pg_stat_activity a where ${isAtWorkSql}) as sessions,
    coalesce((select max(extract(epoch from r.replay_lag)) * 1000 from pg_stat_replication r where not exists (
      select from pg_replication_slots s where s.active_pid = r.pid and s.slot_type = 'logical')), 0)::float8 as "standbyLagMs",
    coalesce((select pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn) / nullif(greatest(l.setting::float8, 0) * 1048576, 0)
      from pg_replication_slots s, pg_settings l where s.slot_name = $1 and l.name = 'max_slot_wal_keep_size'), 0)::float8 as "keptShare"`;

/** Asks the source. */
export async function readLoad(pool: pg.Pool, plan: SplitPlan): Promise<SourceLoad> {
  const began = performance.now();
  const [row] = await ask<Omit<SourceLoad, 'probeMs'> & pg.QueryResultRow>(pool, loadSql, [
    feedName(plan, 'target'),
  ]);
  return { ...row!, probeMs: Math.round(performance.now() - began) };
}

/**
 * Why the copy should pause, if it should. Not once half of the log's limit is used: a copy that pauses makes that worse, and past the limit
 * all of it would be for nothing. Pure.
 */
export function overload(load: SourceLoad, limits: LoadLimits): string | undefined {
  if (load.keptShare > 0.5) return undefined;
  if (load.sessions > limits.sessions)
    return `${load.sessions === 1 ? '1 session is' : `${load.sessions} sessions are`} at work at the source, more than ${limits.sessions}`;
  if (load.probeMs > limits.probeMs)
    return `the source took ${load.probeMs} ms to answer, more than ${limits.probeMs} ms`;
  if (load.standbyLagMs > limits.standbyLagMs)
    return `a standby of the source is ${Math.round(load.standbyLagMs)} ms behind, more than ${limits.standbyLagMs} ms`;
  return undefined;
}
