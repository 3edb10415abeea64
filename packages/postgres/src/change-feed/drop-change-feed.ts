import type pg from 'pg';
import { connect } from '../connect.ts';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { publicationName, slotName } from './names.ts';

/** Takes down what a change feed made on the source: its slot and its publication. May be repeated. */
export async function dropChangeFeed(pool: pg.Pool, name: string): Promise<void> {
  try {
    await drop(pool, slotName(name));
    await pool.query(`drop publication if exists ${quoteIdentifier(publicationName(name))}`);
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** Drops a slot if it is there; whoever reads it is disconnected. */
export async function dropSlot(url: string, slot: string): Promise<void> {
  const pool = connect(url, { max: 1, applicationName: 'banyan' });
  try {
    await drop(pool, slot);
  } catch (error) {
    throw toPostgresError(error);
  } finally {
    await pool.end();
  }
}

/** A reader that was told to end lets go of its slot within moments; these are the moments. */
const tries = 50;

async function drop(pool: pg.Pool, slot: string): Promise<void> {
  const readers =
    'select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = $1 and active';
  const dropIt = 'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1';
  for (let attempt = 1; ; attempt++) {
    await pool.query(readers, [slot]);
    try {
      await pool.query(dropIt, [slot]);
      return;
    } catch (error) {
      const inUse = (error as { code?: string }).code === '55006';
      if (!inUse || attempt === tries) throw error;
      await pool.query('select pg_sleep(0.1)');
    }
  }
}
