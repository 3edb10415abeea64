import { setTimeout as pause } from 'node:timers/promises';
import { compare } from '../graph/tie-collector.ts';
import type { Missing, SurveyDatabase } from './database.ts';

/** Tables that were written in one transaction, and how often. */
export interface WrittenTogether {
  readonly tables: readonly string[];
  readonly transactions: number;
}

export interface WatchedWrites {
  /** For so long the log was read; less than asked for where the server writes so much that samples of it were taken. */
  readonly seconds: number;
  readonly transactions: number;
  /** By set of tables, the most frequent first. */
  readonly together: readonly WrittenTogether[];
  readonly missing: readonly Missing[];
}

export interface WatchOptions {
  readonly seconds: number;
  readonly signal?: AbortSignal;
  /** Transactions per second that are read at most, on average; of more, samples are taken. Default 250. */
  readonly perSecond?: number;
  readonly now?: () => number;
  readonly onProgress?: (transactions: number, secondsLeft: number) => void;
}

const pollMs = 500;
/** The log that is kept meanwhile is on the server's disk. */
const longestRestMs = 10_000;
/** So many changes are decoded in one query; it ends with a transaction. */
const batch = 20_000;

const createSql = 'select pg_create_logical_replication_slot($1, $2, true)';
/** The log is read on to here without being decoded, which costs a fraction. */
const skipSql = 'select pg_replication_slot_advance($1, pg_current_wal_lsn())';
const dropSql = 'select pg_drop_replication_slot($1)';
/** Only the names of the tables leave the server, not the rows. */
const changesSql = `
  select xid::text as xid, array_agg(distinct substring(data from '^table ((?:"(?:[^"]|"")*"|[^".:]+)\\.(?:"(?:[^"]|"")*"|[^":]+)): ')) as tables
  from pg_logical_slot_get_changes($1, null, ${batch}, 'include-xids', '0', 'skip-empty-xacts', '1')
  where data like 'table %' group by 1`;

/**
 * Reads the write-ahead log for a while and counts which tables are written in one transaction: whatever wrote them, in any language. One
 * temporary slot is used, which the server drops when the session ends, however it ends; it is read every half second so that hardly any
 * log is held back. Decoding takes processors from the load: on a busy server half a second is read and then as much skipped as keeps that
 * small.
 */
export async function watchWrites(database: SurveyDatabase, options: WatchOptions): Promise<WatchedWrites> {
  const { seconds, signal, perSecond = 250, now = Date.now, onProgress } = options;
  const [session] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
  const slot = `banyan_survey_${session!.pid}`;
  try {
    await database.query(createSql, [slot, 'test_decoding']);
  } catch (error) {
    return { seconds: 0, transactions: 0, together: [], missing: [whyNot(error)] };
  }
  const counts = new Map<string, number>();
  let transactions = 0;
  let watchedMs = 0;
  const end = now() + seconds * 1_000;
  const isOver = () => now() >= end || signal?.aborted === true;
  const rest = (ms: number) =>
    pause(Math.min(ms, Math.max(0, end - now())), undefined, { signal }).catch(() => {});
  try {
    for (;;) {
      const [began, before] = [now(), transactions];
      await rest(pollMs);
      const changes = await database.query<{ xid: string; tables: (string | null)[] }>(changesSql, [slot]);
      for (const { tables } of changes) {
        const names = [...new Set(tables.filter((name) => name !== null).map(plainName))].sort(compare);
        if (names.length === 0) continue;
        transactions++;
        counts.set(names.join('\n'), (counts.get(names.join('\n')) ?? 0) + 1);
      }
      const tookMs = now() - began;
      watchedMs += tookMs;
      onProgress?.(transactions, Math.max(0, (end - now()) / 1_000));
      if (isOver()) break;
      const restMs = ((transactions - before) / perSecond) * 1_000 - tookMs;
      if (restMs <= 0) continue;
      await rest(Math.min(restMs, longestRestMs));
      if (isOver()) break;
      await database.query(skipSql, [slot]);
    }
  } finally {
    await database.query(dropSql, [slot]).catch(() => {});
  }
  const together = [...counts]
    .map(([names, times]) => ({ tables: names.split('\n'), transactions: times }))
    .sort((a, b) => b.transactions - a.transactions || compare(a.tables.join(), b.tables.join()));
  return { seconds: watchedMs / 1_000, transactions, together, missing: [] };
}

/** `public."Order"` is `order`: as the catalogue names it. */
function plainName(name: string): string {
  const last = /(?:"((?:[^"]|"")*)"|([^".]+))$/.exec(name)!;
  return (last[1]?.replace(/""/g, '"') ?? last[2]!).toLowerCase();
}

function whyNot(error: unknown): Missing {
  const why = error instanceof Error ? error.message : String(error);
  const what = 'which tables are written in one transaction (--watch)';
  if (/wal_level/i.test(why)) return { what, why, remedy: 'set wal_level = logical and restart the server' };
  if (/permission|must be superuser|REPLICATION/i.test(why))
    return { what, why, remedy: 'let the role read the log: alter role NAME replication' };
  if (/test_decoding/i.test(why))
    return {
      what,
      why,
      remedy: 'install the test_decoding plug-in, which comes with the contrib package of PostgreSQL',
    };
  if (/max_replication_slots|all replication slots/i.test(why))
    return { what, why, remedy: 'raise max_replication_slots by one, or drop a slot that nobody reads' };
  return { what, why, remedy: 'see that no transaction stays open for long, and try again' };
}
