import { quoteTable } from '@banyan/postgres';
import type pg from 'pg';
import { type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';

/** Who keeps the tables from being fenced. */
export interface Blocker {
  /** Null for a prepared transaction. */
  readonly pid: number | null;
  readonly prepared: string | null;
  readonly who: string;
  readonly seconds: number;
  /** Whether it is the server itself, cleaning up. */
  readonly maintenance: boolean;
}

const blockersSql = `
  select distinct l.pid, p.gid as prepared, coalesce(nullif(a.application_name, ''), a.usename, 'unknown') as who,
    coalesce(extract(epoch from now() - a.xact_start), 0)::int as seconds,
    coalesce(a.backend_type = 'autovacuum worker', false) as maintenance
  from pg_locks l left join pg_stat_activity a on a.pid = l.pid
  left join pg_locks x on l.pid is null and x.virtualtransaction = l.virtualtransaction and x.locktype = 'transactionid'
  left join pg_prepared_xacts p on p.transaction = x.transactionid
  where l.granted and l.locktype = 'relation' and l.relation = any ($1::regclass[]::oid[])
    and l.database = (select oid from pg_database where datname = current_database())
    and ($2::bool or l.mode not in ('AccessShareLock', 'RowShareLock')) and l.pid is distinct from pg_backend_pid()
    and coalesce(a.backend_type, '') not like 'logical replication%'`;

/** Whose locks are looked for. */
export interface Held {
  /** As `schema.table`. */
  readonly tables: readonly string[];
  /** Whether those count who only read. */
  readonly readers: boolean;
}

/** The tables of a side, and the locks with which they could be written. */
export function heldByWriters(plan: SplitPlan, side: SideName): Held {
  return { tables: tablesAt(plan, side).map(({ name }) => name), readers: false };
}

/** The transactions that have such a lock. */
export async function findBlockers(pool: pg.Pool, { tables, readers }: Held): Promise<Blocker[]> {
  return ask<Blocker>(pool, blockersSql, [tables.map(quoteTable), readers]);
}

/** Ends them and returns how many; a prepared transaction is nobody's to end but its coordinator's. */
export async function endBlockers(pool: pg.Pool, held: Held, which: 'maintenance' | 'all'): Promise<number> {
  const found = (await findBlockers(pool, held)).filter(({ maintenance }) => which === 'all' || maintenance);
  let ended = 0;
  for (const { pid, maintenance } of found) {
    if (pid === null) continue;
    ended++;
    await ask(pool, maintenance ? 'select pg_cancel_backend($1)' : 'select pg_terminate_backend($1)', [pid]);
  }
  return ended;
}
