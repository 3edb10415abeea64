import type { TablesOfSql } from '../sql/tables-of-sql.ts';
import type { Missing, SurveyDatabase } from './database.ts';

/** A statement that the server has counted. */
export interface CountedStatement {
  readonly text: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly callsPerHour: number;
}

export interface CountedStatements {
  readonly statements: readonly CountedStatement[];
  /** For how long the server has counted; a minute at least. */
  readonly hours?: number;
  readonly missing: readonly Missing[];
}

/** So many statements are read, those that were called most. */
const most = 5_000;

const existsSql = `select to_regclass('pg_stat_statements') is not null as exists`;
const sinceSql = `select extract(epoch from now() - stats_reset)::float8 / 3600 as hours from pg_stat_statements_info`;
const statementsSql = `
  select query, calls::float8 as calls from pg_stat_statements
  where dbid = (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_statements%'
  order by calls desc limit ${most}`;

const remedy =
  "add pg_stat_statements to shared_preload_libraries, restart, and run 'create extension pg_stat_statements' in this database";

/** Which tables are read, written and joined together, and how often, as `pg_stat_statements` has counted. */
export async function readStatements(
  database: SurveyDatabase,
  tablesOf: TablesOfSql,
): Promise<CountedStatements> {
  try {
    const [found] = await database.query<{ exists: boolean }>(existsSql);
    if (found?.exists !== true) return without('it is not installed in this database');
    const [since] = await database.query<{ hours: number }>(sinceSql);
    const hours = Math.max(since?.hours ?? 0, 1 / 60);
    const rows = await database.query<{ query: string; calls: number }>(statementsSql);
    return {
      statements: rows.flatMap(({ query, calls }) => {
        const tables = tablesOf(query);
        if (tables === undefined || tables.reads.length + tables.writes.length === 0) return [];
        const { reads, writes } = tables;
        return [{ text: query.replace(/\s+/g, ' ').trim(), reads, writes, callsPerHour: calls / hours }];
      }),
      hours,
      missing: [],
    };
  } catch (error) {
    return without(error instanceof Error ? error.message : String(error));
  }
}

function without(why: string): CountedStatements {
  return {
    statements: [],
    missing: [{ what: 'how often statements run (pg_stat_statements)', why, remedy }],
  };
}
