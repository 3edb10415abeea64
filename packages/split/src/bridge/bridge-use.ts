import type pg from 'pg';
import type { SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { countsBefore } from './bridge-names.ts';
import { applicationPrefix } from './bridge-statements.ts';
import { turnedNames } from './settle-names.ts';

/** Clients of the old database whose connections go over the bridge now. */
export interface BridgeClient {
  readonly role: string;
  readonly application: string;
  readonly connections: number;
  /** When the last of their statements came over it. */
  readonly lastUsed: Date | null;
}

/** A statement that was run under an old name since the bridge stands. */
export interface BridgeStatement {
  readonly role: string;
  readonly text: string;
  readonly calls: number;
}

/** Who uses the old names still. */
export interface BridgeUse {
  /** The old names that lead over the bridge now. */
  readonly names: readonly string[];
  readonly clients: readonly BridgeClient[];
  /** The most frequent, 20 at most; undefined where `pg_stat_statements` does not count them. */
  readonly statements?: readonly BridgeStatement[];
}

/** The name has role and application of the old database's client, as far as 63 characters hold them. */
const clientsSql = `
  select split_part(rest, '|', 1) as role, split_part(rest, '|', 2) as application, count(*)::int as connections,
    max(used) as "lastUsed"
  from (select substr(application_name, length($1) + 1) as rest, state_change as used from pg_stat_activity
    where starts_with(application_name, $1) and datname = current_database()) bridge group by 1, 2 order by 3 desc, 1, 2`;

const mostStatements = 20;

/** Where the extension is, if it is there. */
const counterSql = `
  select quote_ident(n.nspname) || '.pg_stat_statements' as name from pg_extension e join pg_namespace n on n.oid = e.extnamespace
  where e.extname = 'pg_stat_statements'`;

const countedSql = (counter: string, before: string) => `
  select pg_get_userbyid(s.userid)::text as role, s.query as text, (s.calls - coalesce(b.calls, 0))::float8 as calls
  from (select userid, queryid, min(query) as query, sum(calls) as calls from ${counter}
    where dbid = (select oid from pg_database where datname = current_database()) group by 1, 2) s
  left join ${before} b on b.role = s.userid and b.statement = s.queryid
  where s.query ~ $1 and s.query !~* '^\\s*(create|alter|drop|lock|grant|revoke|comment|analyze|explain)\\M'
    and s.calls > coalesce(b.calls, 0)
  order by 3 desc, 2 limit ${mostStatements}`;

/** Looks at the new owner's sessions, and at what the old server has counted. */
export async function bridgeUse(sides: Sides, plan: SplitPlan): Promise<BridgeUse> {
  const [names, clients, statements] = await Promise.all([
    turnedNames(sides, plan),
    ask<BridgeClient>(sides.target.pool, clientsSql, [applicationPrefix(plan)]),
    countedStatements(sides.source.pool, plan),
  ]);
  return { names, clients, ...(statements === undefined ? {} : { statements }) };
}

async function countedStatements(pool: pg.Pool, plan: SplitPlan): Promise<BridgeStatement[] | undefined> {
  const [counter] = await ask<{ name: string }>(pool, counterSql);
  const [before] = await ask<{ there: boolean }>(pool, 'select to_regclass($1) is not null as there', [
    countsBefore(plan),
  ]);
  if (counter === undefined || before?.there !== true) return undefined;
  const text = countedSql(counter.name, countsBefore(plan));
  return ask<BridgeStatement>(pool, text, [patternOf(plan)]);
}

/** An old name as a word, with its own schema before it or none. */
function patternOf(plan: SplitPlan): string {
  const escaped = (name: string) => name.replace(/[^\w]/g, '\\$&');
  const names = plan.tables.flatMap(({ oldName }) => {
    if (oldName === undefined) return [];
    const [schema, plain] = [oldName.slice(0, oldName.indexOf('.')), oldName.slice(oldName.indexOf('.') + 1)];
    return [`(?<![\\w".])("?${escaped(schema)}"?\\.)?"?${escaped(plain)}"?(?![\\w"])`];
  });
  return names.join('|');
}

/** Keeps what was counted before the bridge stood. */
export async function keepCounts(pool: pg.Pool, plan: SplitPlan): Promise<void> {
  const [counter] = await ask<{ name: string }>(pool, counterSql);
  if (counter === undefined) return;
  await ask(
    pool,
    `insert into ${countsBefore(plan)} select userid, queryid, sum(calls) from ${counter.name}
     where dbid = (select oid from pg_database where datname = current_database()) and queryid is not null group by 1, 2`,
  );
}
