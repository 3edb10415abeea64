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

/** The server gives up by itself so long after we should have: then we are not there to do it. */
const graceMs = 5_000;

/**
 * Makes a replication slot with an exported snapshot. The server waits for every transaction that is writing now, so
 * this is bounded in time; what blocks it is named.
 * @throws Unavailable `slot-blocked` naming the transaction that is waited for.
 */
export async function createSlot(
  url: string,
  name: string,
  options: { temporary: boolean; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<CreatedSlot> {
  const { temporary, timeoutMs, signal } = options;
  const connection = await openReplication(url, `banyan ${name}`);
  let reason: BanyanError | undefined;
  const giveUp = () =>
    endWaiting(url, connection, timeoutMs, (error) => {
      reason ??= error;
    });
  const timer = setTimeout(giveUp, timeoutMs);
  signal?.addEventListener('abort', giveUp);
  try {
    await connection.client.query(`set lock_timeout = ${Math.trunc(timeoutMs) + graceMs}`);
    if (signal?.aborted) throw new Unavailable('aborted', 'The snapshot was not wanted any more.');
    const kind = temporary ? 'TEMPORARY LOGICAL' : 'LOGICAL';
    const { rows } = await connection.client.query<{ consistent_point: string; snapshot_name: string }>(
      `CREATE_REPLICATION_SLOT ${quoteIdentifier(name)} ${kind} pgoutput (SNAPSHOT 'export')`,
    );
    return { connection, position: parseLsn(rows[0]!.consistent_point), snapshot: rows[0]!.snapshot_name };
  } catch (error) {
    await connection.close();
    throw reason ?? toPostgresError(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

// Answers every role, as pg_stat_activity does not; process 0 stands for a prepared transaction.
const blockerSql = `
  select blocker as pid, coalesce(nullif(a.application_name, ''), a.usename, 'unknown') as who, a.datname as database,
    extract(epoch from now() - a.xact_start)::int as seconds
  from unnest(pg_blocking_pids($1)) as blocker left join pg_stat_activity a on a.pid = blocker
  order by a.xact_start limit 1`;

// The reason is told before the waiting session is ended, because ending it is what lets the caller go on.
async function endWaiting(
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
        `The source could not give a snapshot within ${Math.round(timeoutMs)} ms, because ${blocker}. End that transaction, or try again later.`,
      ),
    );
    await pool.query('select pg_terminate_backend($1)', [connection.pid]);
  } catch (error) {
    tell(toPostgresError(error));
    await connection.close();
  } finally {
    await pool.end();
  }
}

interface Blocker {
  readonly pid: number;
  readonly who: string;
  readonly database: string | null;
  readonly seconds: number | null;
}

async function findBlocker(pool: pg.Pool, own: number): Promise<string> {
  const { rows } = await pool.query<Blocker>(blockerSql, [own]);
  const [first] = rows;
  if (first === undefined) return 'the server is busy';
  if (first.pid === 0) return 'a prepared transaction is open (select * from pg_prepared_xacts)';
  const since = first.seconds === null ? '' : ` for ${first.seconds} s`;
  return `a transaction of ${first.who} (process ${first.pid}, database ${first.database}) has been open${since}`;
}
