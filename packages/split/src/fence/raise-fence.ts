import { setTimeout as sleep } from 'node:timers/promises';
import { toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Side, Sides } from '../sides/sides.ts';
import { endBlockers, heldByWriters } from './blockers.ts';
import { raiseFence } from './fence-statements.ts';
import { lockLimit, tablesBusy } from './lock-limit.ts';

/** How the owner is fenced. */
export interface FenceOptions {
  /** What the signal says that is committed with the fence. */
  readonly token: string;
  /** The fence lapses by itself so long after it was asked for, in milliseconds. */
  readonly limitMs: number;
  /** How long transactions that have written the tables are waited for, in milliseconds, all attempts together. */
  readonly drainMs: number;
  /** What happens to those that are open still: nothing, so that the cut-over is given up, or they are ended. */
  readonly openTransactions: 'wait' | 'end';
  readonly signal?: AbortSignal | undefined;
}

/** A fence that was raised. */
export interface RaisedFence {
  /** When it lapses, in seconds since 1970 by the server's clock. */
  readonly until: number;
  /** The end of the owner's log once nobody could write the tables. */
  readonly position: string;
  /** When the successful attempt began to hold writers up, as `performance.now()` has it. */
  readonly began: number;
  readonly attempts: number;
  /** Transactions that were ended for it. */
  readonly ended: number;
}

/**
 * Fences a side while it is written: waits until every transaction that wrote the tables has ended, and lets nobody write them
 * after that. While it waits writers wait behind it, so an attempt is short and is repeated.
 * @throws Unavailable `tables-busy` naming who holds the tables.
 */
export async function fenceOwner(
  sides: Sides,
  plan: SplitPlan,
  side: SideName,
  options: FenceOptions,
): Promise<RaisedFence> {
  const at = sides[side];
  const lockMs = await lockLimit(at);
  const deadline = performance.now() + options.drainMs;
  let asked = false;
  let ended = 0;
  for (let attempts = 1; ; attempts++) {
    options.signal?.throwIfAborted();
    const until = await lapseTime(at, options.limitMs + lockMs);
    const began = performance.now();
    const position = await attempt(at, plan, { until, lockMs, token: options.token });
    if (position !== undefined) return { until, position, began, attempts, ended };
    // Cleaning up gives way by itself only to those who wait longer than an attempt does.
    await endBlockers(at.pool, heldByWriters(plan, side), 'maintenance');
    if (performance.now() > deadline) {
      if (options.openTransactions === 'wait' || asked)
        throw await tablesBusy(at, heldByWriters(plan, side), options.drainMs);
      asked = true;
      ended = await endBlockers(at.pool, heldByWriters(plan, side), 'all');
    }
    await sleep(lockMs / 2);
  }
}

async function lapseTime({ pool }: Side, ms: number): Promise<number> {
  const sql = 'select extract(epoch from clock_timestamp())::float8 as now';
  const [row] = await ask<{ now: number }>(pool, sql);
  return Math.round(row!.now * 1000 + ms) / 1000;
}

/** One attempt; undefined when the lock was not to be had. */
async function attempt(
  { pool, name }: Side,
  plan: SplitPlan,
  how: Parameters<typeof raiseFence>[2],
): Promise<string | undefined> {
  const client = await pool.connect();
  let broken: unknown;
  try {
    const text = raiseFence(plan, name, how)
      .map(({ sql }) => sql)
      .join(';\n');
    const results = (await client.query(text)) as unknown as pg.QueryResult<{ position?: string }>[];
    return results.flatMap(({ rows }) => rows[0]?.position ?? [])[0];
  } catch (error) {
    await client.query('rollback').catch((lost: unknown) => {
      broken = lost;
    });
    // 57014: the time was up. 40P01: others waited for each other, and for us.
    if (['57014', '40P01', '55P03'].includes((error as { code?: string }).code ?? '')) return undefined;
    throw toPostgresError(error);
  } finally {
    client.release(broken !== undefined);
  }
}
