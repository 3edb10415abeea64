import { type BanyanError, Unavailable } from '@banyan/runtime';
import type pg from 'pg';
import { connect } from '../connect.ts';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { parseLsn } from './lsn.ts';
import { openReplication, type ReplicationConnection } from './replication-connection.ts';

/** A new slot, the position it begins at, and the name of the snapshot of exactly that position. */
export interface CreatedSlot {
  /** The snapshot can be imported for as long as this connection is left alone. */
  readonly connection: ReplicationConnection;
  readonly position: bigint;
  readonly snapshot: string;
}

/**
 * Makes a replication slot with an exported snapshot. The server waits for every transaction that is writing now, so
 * this is bounded in time; what blocks it is named.
 * @throws Unavailable `slot-blocked` naming the oldest writing transaction.
 */
export async function createSlot(
  url: string,
  name: string,
  options: { temporary: boolean; timeoutMs: number },
): Promise<CreatedSlot> {
  const connection = await openReplication(url, `banyan ${name}`);
  let blocked: BanyanError | undefined;
  const timer = setTimeout(() => {
    void giveUp(url, connection, options.timeoutMs, (error) => {
      blocked = error;
    });
  }, options.timeoutMs);
  try {
    const kind = options.temporary ? 'TEMPORARY LOGICAL' : 'LOGICAL';
    const { rows } = await connection.client.query<{ consistent_point: string; snapshot_name: string }>(
      `CREATE_REPLICATION_SLOT ${quoteIdentifier(name)} ${kind} pgoutput (SNAPSHOT 'export')`,
    );
    return { connection, position: parseLsn(rows[0]!.consistent_point), snapshot: rows[0]!.snapshot_name };
  } catch (error) {
    connection.close();
    throw blocked ?? toPostgresError(error);
  } finally {
    clearTimeout(timer);
  }
}

const blockerSql = `
  select pid, coalesce(nullif(application_name, ''), usename, 'unknown') as who,
         extract(epoch from now() - xact_start)::int as seconds
  from pg_stat_activity where backend_xid is not null and pid <> $1 order by xact_start limit 1`;

// The reason is told before the blocked session is ended, because ending it is what lets the caller go on.
async function giveUp(
  url: string,
  connection: ReplicationConnection,
  timeoutMs: number,
  tell: (reason: BanyanError) => void,
): Promise<void> {
  const pool = connect(url, { max: 1, applicationName: 'banyan' });
  try {
    const blocker = await findBlocker(pool, connection.pid);
    tell(
      new Unavailable(
        'slot-blocked',
        `The source could not give a snapshot within ${timeoutMs} ms, because ${blocker}. End that transaction, or try again later.`,
      ),
    );
    await pool.query('select pg_terminate_backend($1)', [connection.pid]);
  } catch (error) {
    tell(toPostgresError(error));
    connection.close();
  } finally {
    await pool.end();
  }
}

async function findBlocker(pool: pg.Pool, own: number): Promise<string> {
  const { rows } = await pool.query<{ pid: number; who: string; seconds: number }>(blockerSql, [own]);
  const [first] = rows;
  if (first === undefined) return 'the server is busy';
  return `a transaction of ${first.who} (process ${first.pid}) has been open for ${first.seconds} s`;
}
