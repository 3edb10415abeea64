import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { parseLsn } from './lsn.ts';
import { slotName } from './names.ts';

/** Where the source's log ends now: what is committed before this call is at or before it. */
export async function sourcePosition(pool: pg.Pool): Promise<bigint> {
  const sql = 'select pg_current_wal_insert_lsn()::text as position';
  const { rows } = await pool.query<{ position: string }>(sql).catch((error: unknown) => {
    throw toPostgresError(error);
  });
  return parseLsn(rows[0]!.position);
}

/** Bytes of log that the source keeps for a feed; 0 where the feed has no slot. */
export async function retainedWal(pool: pg.Pool, name: string): Promise<number> {
  const sql = `select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 as bytes
    from pg_replication_slots where slot_name = $1`;
  const { rows } = await pool
    .query<{ bytes: number | null }>(sql, [slotName(name)])
    .catch((error: unknown) => {
      throw toPostgresError(error);
    });
  return rows[0]?.bytes ?? 0;
}
