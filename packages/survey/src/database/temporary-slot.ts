import type { SurveyDatabase } from './database.ts';

/** So many changes are decoded in one query; it ends with a transaction. */
const batch = 20_000;

const createSql = 'select pg_create_logical_replication_slot($1, $2, true)';
/** The log is read on to here without being decoded, which costs a fraction. */
const skipSql = `
  select pg_replication_slot_advance($1,
    case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)`;
const dropSql = 'select pg_drop_replication_slot($1)';
/** Only which tables were written together and how often leaves the server: no rows, and no line for each transaction. */
const changesSql = `
  with change as materialized (
    select xid::text as xid, substring(data from '^table ((?:"(?:[^"]|"")*"|[^".:]+)\\.(?:"(?:[^"]|"")*"|[^":]+)): ') as name
    from pg_logical_slot_get_changes($1, null, ${batch}, 'include-xids', '0', 'skip-empty-xacts', '1')
  ),
  written as materialized (
    select tables, count(*)::int as transactions from (
      select array_agg(distinct name order by name) as tables from change where name is not null group by xid
    ) as one group by tables
  )
  select coalesce((select json_agg(written) from written), '[]') as sets,
    (select count(*) from change) >= ${batch} as "isMore",
    extract(epoch from clock_timestamp() - statement_timestamp())::float8 * 1000 as "tookMs"`;

/** Tables that transactions have written together, and how many. */
export interface WrittenTogether {
  readonly tables: readonly string[];
  readonly transactions: number;
}

/** What was written since it was asked before. */
export interface Changes {
  readonly sets: readonly WrittenTogether[];
  /** Whether more was written than is decoded at once. */
  readonly isMore: boolean;
  /** How long the server worked for it, in milliseconds. */
  readonly tookMs: number;
}

/** A place in the write-ahead log that lasts no longer than its session, and not beyond an error in it. */
export interface Slot {
  /** Begins where the log is now. */
  open(): Promise<void>;
  changes(): Promise<Changes>;
  /** What was written meanwhile is left out. */
  skip(): Promise<void>;
  drop(): Promise<void>;
}

/** Makes a temporary slot, named for the session. */
export async function openSlot(database: SurveyDatabase): Promise<Slot> {
  const [session] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  const name = `banyan_survey_${session!.pid}`;
  const slot: Slot = {
    open: async () => void (await database.query(createSql, [name, 'test_decoding'])),
    changes: async () => (await database.query<Changes & Record<string, unknown>>(changesSql, [name]))[0]!,
    skip: async () => void (await database.query(skipSql, [name])),
    drop: async () => void (await database.query(dropSql, [name]).catch(() => {})),
  };
  await slot.open();
  return slot;
}
