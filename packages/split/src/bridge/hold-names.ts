import { setTimeout as sleep } from 'node:timers/promises';
import { toPostgresError } from '@banyan/postgres';
import type pg from 'pg';
import { endBlockers } from '../fence/blockers.ts';
import { lockLimit, tablesBusy } from '../fence/lock-limit.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import type { Side, Sides } from '../sides/sides.ts';
import { turnNames } from './bridge-statements.ts';
import type { BridgeFacts } from './read-bridge-facts.ts';

/** How the old names are held. */
export interface HoldOptions {
  /** How long those who use the old names may have to wait, in milliseconds; then they go on as if nothing were. */
  readonly limitMs: number;
  /** How long open transactions that have used the old names are waited for, in milliseconds. */
  readonly drainMs: number;
  readonly openTransactions: 'wait' | 'end';
  readonly signal?: AbortSignal | undefined;
}

/** Old names that are turned, but not for others yet: whoever uses them waits. Undone when it is not said that they turn. */
export interface HeldNames extends AsyncDisposable {
  /** Turns them: whoever waited goes on at the new owner. False where the server gave up waiting for us. */
  turn(): Promise<boolean>;
}

/**
 * Makes everybody wait who uses an old name, so that a change of the owner refuses nobody: the names are turned in a transaction that stays
 * open until the new owner takes writes. Were it lost, the old names would lead where they led, to tables that are fenced.
 * @throws Unavailable `tables-busy`
 */
export async function holdNames(
  sides: Sides,
  plan: SplitPlan,
  facts: BridgeFacts,
  to: SideName,
  options: HoldOptions,
): Promise<HeldNames> {
  const { source } = sides;
  const held = { tables: facts.map(({ oldName }) => oldName), readers: true };
  const lockMs = await lockLimit(source);
  const deadline = performance.now() + options.drainMs;
  const text = [
    'begin isolation level read committed',
    // All views together within it, so that of two who wait for each other we are the one who gives up.
    `set local lock_timeout = ${Math.max(10, Math.trunc(lockMs / facts.length))}`,
    `set local idle_in_transaction_session_timeout = ${Math.trunc(options.limitMs + lockMs)}`,
    'set local synchronous_commit = on',
    ...turnNames(plan, facts, to).map(({ sql }) => sql),
  ].join(';\n');
  for (let asked = false; ; ) {
    options.signal?.throwIfAborted();
    const client = await attempt(source, text);
    if (client !== undefined) return heldBy(client);
    await endBlockers(source.pool, held, 'maintenance');
    if (performance.now() > deadline) {
      if (options.openTransactions === 'wait' || asked) throw await tablesBusy(source, held, options.drainMs);
      asked = true;
      await endBlockers(source.pool, held, 'all');
    }
    await sleep(lockMs / 2);
  }
}

async function attempt({ pool }: Side, text: string): Promise<pg.PoolClient | undefined> {
  const client = await pool.connect();
  try {
    await client.query(text);
    return client;
  } catch (error) {
    const broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    client.release(broken);
    if (['57014', '40P01', '55P03'].includes((error as { code?: string }).code ?? '')) return undefined;
    throw toPostgresError(error);
  }
}

function heldBy(client: pg.PoolClient): HeldNames {
  let open = true;
  const end = async (how: 'commit' | 'rollback') => {
    if (!open) return true;
    open = false;
    try {
      await client.query(how);
      client.release();
      return true;
    } catch {
      client.release(true);
      return false;
    }
  };
  return { turn: () => end('commit'), [Symbol.asyncDispose]: () => end('rollback').then(() => undefined) };
}
