import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { parseLsn } from './lsn.ts';

interface Slot {
  readonly status: string | null;
  /** Why the server gave it up, where it says so (PostgreSQL 17). */
  readonly reason: string | null;
  readonly confirmed: string | null;
  readonly pid: number | null;
  readonly who: string | null;
}

const slotSql = `
  select s.wal_status as status, to_jsonb(s)->>'invalidation_reason' as reason,
    s.confirmed_flush_lsn::text as confirmed, s.active_pid as pid, a.application_name as who
  from pg_replication_slots s left join pg_stat_activity a on a.pid = s.active_pid
  where s.slot_name = $1 and s.database = current_database()`;

/** A reader that was told to end lets go of its slot within moments. */
const waitMs = 3_000;

/**
 * Makes sure that the source still has everything after a position, and that nobody else reads it.
 * @throws Terminal `slot-missing`, `slot-lost` or `slot-ahead`, each with its remedy.
 * @throws Unavailable `slot-in-use`
 */
export async function checkSlot(
  pool: pg.Pool,
  slot: string,
  after: bigint,
  signal: AbortSignal | undefined,
): Promise<void> {
  const found = await freeSlot(pool, slot, signal);
  if (found === undefined) throw slotMissing(slot);
  if (found.status === 'lost') throw slotLost(slot, found.reason);
  const confirmed = found.confirmed === null ? 0n : parseLsn(found.confirmed);
  if (confirmed > after) {
    throw new Terminal(
      'slot-ahead',
      `The replication slot ${slot} is confirmed up to ${confirmed}, past the checkpoint ${after}: what lies between is gone. ` +
        "Was the service's database restored from a backup? Reset the subscription to take a new snapshot.",
    );
  }
}

/** The slot once nobody reads it, or undefined where there is none. @throws Unavailable `slot-in-use` */
export async function freeSlot(pool: pg.Pool, slot: string, signal?: AbortSignal): Promise<Slot | undefined> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const [found] = (await pool.query<Slot>(slotSql, [slot])).rows;
    if (found === undefined || found.pid === null || signal?.aborted) return found;
    if (performance.now() > deadline) throw slotInUse(slot, found);
    await sleep(50);
  }
}

/** What a reader throws when the slot has another reader. */
export function slotInUse(slot: string, by?: { pid: number | null; who: string | null }): Unavailable {
  const who = by === undefined ? '' : ` (process ${by.pid} of the source, ${by.who || 'of another role'})`;
  return new Unavailable(
    'slot-in-use',
    `Another reader holds the replication slot ${slot}${who}, and only one can follow: stop the other, or wait until it ends.`,
  );
}

/** What a reader throws when the source does not keep the log for it. */
export function slotMissing(slot: string, cause?: unknown): Terminal {
  return new Terminal(
    'slot-missing',
    `The source has no replication slot ${slot}, so what happened since the checkpoint is not kept. ` +
      'Reset the subscription to take a new snapshot.',
    { cause },
  );
}

/** What a reader throws when the source no longer has the log that was kept for it. */
export function slotLost(slot: string, reason: string | null, cause?: unknown): Terminal {
  const why =
    reason === null || reason === 'wal_removed'
      ? 'more was waiting than max_slot_wal_keep_size allows'
      : `of ${reason}`;
  return new Terminal(
    'slot-lost',
    `The source gave up the log of the replication slot ${slot}, because ${why}. ` +
      'Reset the subscription to take a new snapshot.',
    { cause },
  );
}
