import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '@banyan/runtime';
import { establishFeed } from '../feed/establish-feed.ts';
import { feedState, isFollowing } from '../feed/feed-state.ts';
import { setSubscription } from '../feed/feed-statements.ts';
import { refuseBrokenCopy } from '../feed/refuse-broken-copy.ts';
import { feedName } from '../plan/names.ts';
import type { SplitPlan } from '../plan/split-plan.ts';
import { ask, runStatements } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { copyProgress, describeCopy } from './copy-progress.ts';
import { bareTables, bringIndexesBack } from './indexes/indexes-aside.ts';
import { type CopyMove, nextMove } from './indexes/next-move.ts';
import { setIndexesAside } from './indexes/set-indexes-aside.ts';
import type { LoadLimits } from './pace/source-load.ts';
import { throttle } from './pace/throttle.ts';

/** How tables are copied. */
export interface CopyOptions {
  /** How long the server may take to make the slot, in milliseconds. */
  readonly slotMs: number;
  /** Rows from which on a table's indexes are made after its copy. Default 100000. */
  readonly asideFromRows?: number;
  /** Above which the copy of these tables pauses; without them it never does. */
  readonly load?: LoadLimits | undefined;
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** How often errors of the copy may be seen before a person must look. */
const errorLimit = 5;
const lookEveryMs = 100;

/**
 * Copies the rows into the target with the server's own replication, until it follows the changes. May be repeated: what is copied is
 * not copied again, and the servers go on with what they copy where this process is killed.
 * @throws Terminal `feed-fails`, `copy-broken`, and what {@link establishFeed} throws.
 */
export async function copyTables(sides: Sides, plan: SplitPlan, options: CopyOptions): Promise<void> {
  const { slotMs, onProgress, signal, asideFromRows, load } = options;
  const began = performance.now();
  const before = await feedState(sides, plan, 'target');
  if (!before.subscription)
    await setIndexesAside(sides, plan, {
      paced: load !== undefined,
      ...(asideFromRows === undefined ? {} : { fromRows: asideFromRows }),
    });
  const pace = throttle(sides, plan, load);
  if ((await bareTables(sides.target.pool, plan)).length > 0) await pace.look();
  await establishFeed(sides, plan, 'target', { copy: true, slotMs });
  // A table that is copied before it is looked at may meet an update without its key, which is repeated once that is there.
  let errorsFrom = before.errors + (await bareTables(sides.target.pool, plan)).length;
  let enabledAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const state = await feedState(sides, plan, 'target');
    if (state.errors - errorsFrom >= errorLimit || state.slotStatus === 'lost') throw notApplied(plan.name);
    await refuseBrokenCopy(sides, plan, 'target');
    const bare = await bareTables(sides.target.pool, plan);
    if (isFollowing(state) && bare.length === 0) return;
    const why = bare.length > 0 ? await pace.look() : undefined;
    const pause = why === undefined ? '' : `; pauses, because ${why}`;
    onProgress?.(`${describeCopy(await copyProgress(sides, plan), performance.now() - began)}${pause}`);
    const [workers] = await ask<Workers>(sides.target.pool, workersSql, [feedName(plan, 'target')]);
    const move = nextMove({ ...workers!, enabledMs: performance.now() - enabledAt, bare });
    if (move.kind === 'build') onProgress?.(`the keys and indexes of ${move.table} are made`);
    await make(sides, plan, move);
    if (move.kind === 'enable') enabledAt = performance.now();
    if (move.kind === 'build') errorsFrom = Math.max(errorsFrom, state.errors);
    if (move.kind !== 'build') await sleep(lookEveryMs);
  }
}

interface Workers {
  readonly [column: string]: unknown;
  readonly enabled: boolean;
  readonly waiting: number;
  readonly working: number;
  readonly workers: number;
}

const workersSql = `
  with own as (select oid, subenabled from pg_subscription
    where subname = $1 and subdbid = (select oid from pg_database where datname = current_database())),
  busy as (select relid from pg_stat_subscription where subid = (select oid from own) and relid is not null and pid is not null)
  select subenabled as enabled, (select count(*)::int from busy) as working,
    current_setting('max_sync_workers_per_subscription')::int as workers,
    (select count(*)::int from pg_subscription_rel r where r.srsubid = own.oid and r.srsubstate in ('i', 'd')
      and not exists (select from busy where busy.relid = r.srrelid)) as waiting
  from own`;

async function make(sides: Sides, plan: SplitPlan, move: CopyMove): Promise<void> {
  if (move.kind === 'build') await bringIndexesBack(sides.target.pool, plan, move.table);
  else if (move.kind !== 'wait') await runStatements(sides, setSubscription(plan, 'target', move.kind));
}

function notApplied(name: string): Terminal {
  return new Terminal(
    'feed-fails',
    `The target's server can't apply what the monolith sends. Its log says why; correct it and run again, or: banyan split abort ${name}`,
  );
}
