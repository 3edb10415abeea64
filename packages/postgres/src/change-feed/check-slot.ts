import { Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { slotMissing } from './follow.ts';
import { parseLsn } from './lsn.ts';

const slotSql = `select wal_status, confirmed_flush_lsn::text as confirmed from pg_replication_slots where slot_name = $1`;

/**
 * Makes sure that the source still has everything after a position.
 * @throws Terminal `slot-missing`, `slot-lost` or `slot-ahead`, each with its remedy.
 */
export async function checkSlot(pool: pg.Pool, slot: string, after: bigint): Promise<void> {
  const { rows } = await pool.query<{ wal_status: string | null; confirmed: string | null }>(slotSql, [slot]);
  const [found] = rows;
  if (found === undefined) throw slotMissing(slot);
  if (found.wal_status === 'lost') {
    throw new Terminal(
      'slot-lost',
      `The source gave up the log of the replication slot ${slot}, because more than max_slot_wal_keep_size was waiting. ` +
        'Reset the subscription to take a new snapshot.',
    );
  }
  const confirmed = found.confirmed === null ? 0n : parseLsn(found.confirmed);
  if (confirmed > after) {
    throw new Terminal(
      'slot-ahead',
      `The replication slot ${slot} is confirmed up to ${confirmed}, past the checkpoint ${after}: what lies between is gone. ` +
        "Was the service's database restored from a backup? Reset the subscription to take a new snapshot.",
    );
  }
}
