import type { Observed } from '@banyan/split';
import type { Missing, WatchedWrites, WatchOptions } from '@banyan/survey';
import { openSurveyDatabase } from '../survey/open-database.ts';

/** Of these the parser tells no tables; it is enough to see one of each. */
const othersSql = (view: string) => `
  select query from ${view} where dbid = (select oid from pg_database where datname = current_database())
    and query not like '%pg_stat_statements%' and (query ~* '^\\s*(copy|lock)\\M' or query ~* '\\m(nextval|currval|setval|lastval)\\s*\\(')
  order by calls desc limit 500`;

/**
 * What a preflight can't read in the catalogues: the tables of functions and of counted statements, by PostgreSQL's own parser; and, if
 * asked, which tables are written in one transaction, by watching the write-ahead log.
 */
export async function observe(url: string, watch?: WatchOptions): Promise<Observed> {
  // Its parsers take a while to load, and hardly any verb needs them.
  const { loadFunctionParser, loadSqlParser, readStatements, watchWrites } = await import('@banyan/survey');
  const tablesOf = await loadSqlParser();
  await using database = await openSurveyDatabase(url);
  const { statements, view, missing } = await readStatements(database, tablesOf);
  const isKnown = view !== undefined && missing[0] === undefined;
  const others = isKnown ? await database.query<{ query: string }>(othersSql(view)) : [];
  const watched = watch === undefined ? undefined : await watchWrites(database, watch);
  return {
    tablesOfFunction: await loadFunctionParser(),
    statements:
      missing[0] === undefined
        ? statements.map((one) => ({ ...one, sets: tablesOf(one.text)?.sets ?? [] }))
        : unknown(missing[0]),
    others: others.map(({ query }) => query.replace(/\s+/g, ' ').trim()),
    ...(watched === undefined ? {} : { transactions: transactionsOf(watched) }),
  };
}

function transactionsOf({ seconds, together, missing }: WatchedWrites): Observed['transactions'] {
  return missing[0] === undefined ? { seconds, together } : unknown(missing[0]);
}

function unknown({ why, remedy }: Missing): { missing: string; remedy: string } {
  return { missing: why, remedy };
}
