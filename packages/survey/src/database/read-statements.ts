import type { TablesOfSql } from '../sql/tables-of-sql.ts';
import type { Missing, SurveyDatabase } from './database.ts';
import { codeOf, refusal, sqlstate } from './refusal.ts';

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
  /** Where they stand, as SQL names it. */
  readonly view?: string;
  readonly missing: readonly Missing[];
}

/** So many statements are read, those that were called most. */
const most = 5_000;

const isSql = `
  select quote_ident(n.nspname) as schema, quote_ident(current_user) as role
  from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'`;
const sinceSql = (schema: string) =>
  `select extract(epoch from now() - stats_reset)::float8 / 3600 as hours from ${schema}.pg_stat_statements_info`;
const statementsSql = (schema: string) => `
  select query, calls::float8 as calls, queryid is null as "isHidden" from ${schema}.pg_stat_statements
  where dbid = (select oid from pg_database where datname = current_database()) and query not like '%pg_stat_statements%'
  order by calls desc limit ${most}`;

const what = 'how often statements run (pg_stat_statements)';

/** Which tables are read, written and joined together, and how often, as `pg_stat_statements` has counted. */
export async function readStatements(
  database: SurveyDatabase,
  tablesOf: TablesOfSql,
): Promise<CountedStatements> {
  let place: { schema: string; role: string } | undefined;
  try {
    [place] = await database.query<{ schema: string; role: string }>(isSql);
    if (place === undefined) return { statements: [], missing: [notInstalled] };
    const { schema, role } = place;
    const [since] = await database.query<{ hours: number }>(sinceSql(schema));
    const hours = Math.max(since?.hours ?? 0, 1 / 60);
    const rows = await database.query<{ query: string; calls: number; isHidden: boolean }>(
      statementsSql(schema),
    );
    const hidden = rows.filter(({ isHidden }) => isHidden).length;
    return {
      statements: rows.flatMap(({ query, calls }) => {
        const tables = tablesOf(query);
        if (tables === undefined || tables.reads.length + tables.writes.length === 0) return [];
        const { reads, writes } = tables;
        return [{ text: query.replace(/\s+/g, ' ').trim(), reads, writes, callsPerHour: calls / hours }];
      }),
      hours,
      view: `${schema}.pg_stat_statements`,
      missing: hidden === 0 ? [] : [hiddenFrom(role, hidden, rows.length)],
    };
  } catch (error) {
    return { statements: [], missing: [refusal(what, error, place && remedyFor(codeOf(error), place))] };
  }
}

const notInstalled: Missing = {
  what,
  why: 'it is not installed in this database',
  remedy:
    "add pg_stat_statements to shared_preload_libraries, restart, and run 'create extension pg_stat_statements' in this database",
};

function hiddenFrom(role: string, hidden: number, all: number): Missing {
  return {
    what: 'how often the statements of other roles run (pg_stat_statements)',
    why: `${hidden} of ${all} counted statements are hidden from ${role}`,
    remedy: `run 'grant pg_read_all_stats to ${role}'`,
  };
}

function remedyFor(code: string, { schema, role }: { schema: string; role: string }): string | undefined {
  if (code === sqlstate.notPrepared) return 'add pg_stat_statements to shared_preload_libraries and restart';
  // Its second view came later; a server that was upgraded keeps the old extension.
  if (code === sqlstate.noTable) return "run 'alter extension pg_stat_statements update' in this database";
  if (code !== sqlstate.noRight) return undefined;
  const views = ['pg_stat_statements', 'pg_stat_statements_info'].map((view) => `${schema}.${view}`);
  return `run 'grant usage on schema ${schema} to ${role}; grant select on ${views.join(', ')} to ${role}'`;
}
