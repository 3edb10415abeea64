import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { freeSlot, slotInUse } from './check-slot.ts';
import { formatLsn } from './lsn.ts';
import { publicationName, slotName } from './names.ts';

/**
 * Takes down what a change feed made on the source: its slot and its publication. Whoever reads the slot is disconnected. May
 * be repeated.
 */
export async function dropChangeFeed(pool: pg.Pool, name: string): Promise<void> {
  try {
    await endReadersAndDrop(pool, slotName(name));
    await pool.query(`drop publication if exists ${quoteIdentifier(publicationName(name))}`);
  } catch (error) {
    throw toPostgresError(error);
  }
}

// Slots are named in the whole server: one of this name may be another database's.
const ofHere = 'from pg_replication_slots where slot_name = $1 and database = current_database()';
const dropSql = `select pg_drop_replication_slot(slot_name) ${ofHere}`;

/** Drops a slot that nobody reads, if it is there. @throws Unavailable `slot-in-use` */
export async function dropFreeSlot(pool: pg.Pool, slot: string): Promise<void> {
  if ((await freeSlot(pool, slot)) === undefined) return;
  try {
    await pool.query(dropSql, [slot]);
  } catch (error) {
    throw isInUse(error) ? slotInUse(slot) : toPostgresError(error);
  }
}

/** Drops the slot that was made at this position, unless it is read; one that has taken its place stays. */
export async function dropSlotOf(pool: pg.Pool, slot: string, position: bigint): Promise<void> {
  await pool.query(`${dropSql} and not active and confirmed_flush_lsn = $2::pg_lsn`, [
    slot,
    formatLsn(position),
  ]);
}

/** A reader that was told to end lets go of its slot within moments; these are the moments. */
const tries = 50;

async function endReadersAndDrop(pool: pg.Pool, slot: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await pool.query(`select pg_terminate_backend(active_pid) ${ofHere} and active`, [slot]);
    try {
      await pool.query(dropSql, [slot]);
      return;
    } catch (error) {
      if (!isInUse(error) || attempt === tries) throw error;
      await pool.query('select pg_sleep(0.1)');
    }
  }
}

function isInUse(error: unknown): boolean {
  return (error as { code?: string }).code === '55006';
}
