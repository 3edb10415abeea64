import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { tableProblems } from './preflight-tables.ts';

/** Why a database can't be followed, and what to do about it. */
export interface PreflightProblem {
  /** Stable, for programs: `wal-level`, `wal-unbounded`, `table-without-key`, ... */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** The table that it is about; none where it is about the server or the role. */
  readonly table?: string;
}

/** What to look at. */
export interface PreflightOptions {
  readonly tables: readonly string[];
  /** A slot that will be replaced, and so need not be free. */
  readonly replacing?: string;
}

/** What the server is and allows. */
export interface ServerFacts {
  version: number;
  wal_level: string;
  keep_size: string;
  max_slots: number;
  used_slots: number;
  max_senders: number;
  used_senders: number;
  may_replicate: boolean;
  may_publish: boolean;
  role: string;
  database: string;
  replacing: string | null;
  replacing_in: string | null;
}

const serverSql = `
  select current_setting('server_version_num')::int as version, current_setting('wal_level') as wal_level,
    current_setting('max_slot_wal_keep_size') as keep_size,
    current_setting('max_replication_slots')::int as max_slots,
    (select count(*)::int from pg_replication_slots where slot_name is distinct from $1::text) as used_slots,
    current_setting('max_wal_senders')::int as max_senders,
    (select count(*)::int from pg_stat_replication) as used_senders,
    (select rolreplication or rolsuper from pg_roles where rolname = current_user) as may_replicate,
    has_database_privilege(current_database(), 'create') as may_publish,
    current_user as role, current_database() as database, $1::text as replacing,
    (select database from pg_replication_slots
     where slot_name = $1 and database is distinct from current_database()) as replacing_in`;

/**
 * Looks for everything that would keep a change feed over these tables from working, or from being harmless. Changes nothing.
 * @returns Every problem; none when the feed can start.
 */
export async function preflightChangeFeed(
  pool: pg.Pool,
  options: PreflightOptions,
): Promise<PreflightProblem[]> {
  try {
    const { rows } = await pool.query<ServerFacts>(serverSql, [options.replacing ?? null]);
    return [...serverProblems(rows[0]!), ...(await tableProblems(pool, options.tables))];
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** What is wrong with the server, or with the role's rights on it. */
export function serverProblems(server: ServerFacts): PreflightProblem[] {
  const { role, database } = server;
  const checks: [wrong: boolean, code: string, message: string, remedy: string][] = [
    [
      server.version < 150_000,
      'server-too-old',
      `The server is PostgreSQL ${Math.floor(server.version / 10_000)}; 15 or later is needed.`,
      'Upgrade it, or follow a logical replica of a later version.',
    ],
    [
      server.wal_level !== 'logical',
      'wal-level',
      `The server's wal_level is ${server.wal_level}; its log does not say which rows changed.`,
      "Run: alter system set wal_level = 'logical'; then restart the server.",
    ],
    [
      server.keep_size === '-1',
      'wal-unbounded',
      'The server keeps its log without a limit for a slot that is not read (max_slot_wal_keep_size = -1), and could fill its disk.',
      "Run: alter system set max_slot_wal_keep_size = '4GB'; select pg_reload_conf();",
    ],
    [
      server.replacing_in !== null,
      'slot-of-other-database',
      `The replication slot ${server.replacing} belongs to the database ${server.replacing_in}; slots are named in the whole server.`,
      'Give this change feed another name.',
    ],
    [
      server.used_slots >= server.max_slots,
      'no-free-slot',
      `All ${server.max_slots} replication slots are taken.`,
      'Drop one that is not needed (select * from pg_replication_slots), or raise max_replication_slots and restart.',
    ],
    [
      server.used_senders >= server.max_senders,
      'no-free-sender',
      `All ${server.max_senders} WAL senders are busy.`,
      'Raise max_wal_senders and restart the server.',
    ],
    [
      !server.may_replicate,
      'no-replication-right',
      `The role ${role} may not read the log.`,
      `Run as a superuser: alter role ${quoteIdentifier(role)} replication;`,
    ],
    [
      !server.may_publish,
      'no-publication-right',
      `The role ${role} may not make a publication in ${database}.`,
      `Run as its owner: grant create on database ${quoteIdentifier(database)} to ${quoteIdentifier(role)};`,
    ],
  ];
  return checks.filter(([wrong]) => wrong).map(([, code, message, remedy]) => ({ code, message, remedy }));
}
