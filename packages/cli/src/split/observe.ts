import type { Observed } from '@banyan/split';
import type { Missing, WatchedWrites, WatchOptions } from '@banyan/survey';
import { openSurveyDatabase } from '../survey/open-database.ts';

/**
 * What a preflight can't read in the catalogues: the tables of functions and of counted statements, by PostgreSQL's own parser; and, if
 * asked, which tables are written in one transaction, by watching the write-ahead log.
 */
export async function observe(url: string, watch?: WatchOptions): Promise<Observed> {
  // Its parsers take a while to load, and hardly any verb needs them.
  const { loadFunctionParser, loadSqlParser, readStatements, watchWrites } = await import('@banyan/survey');
  const tablesOf = await loadSqlParser();
  await using database = await openSurveyDatabase(url);
  const { statements, missing } = await readStatements(database, tablesOf);
  const watched = watch === undefined ? undefined : await watchWrites(database, watch);
  return {
    tablesOfFunction: await loadFunctionParser(),
    statements:
      missing[0] === undefined
        ? statements.map((one) => ({ ...one, sets: tablesOf(one.text)?.sets ?? [] }))
        : unknown(missing[0]),
    ...(watched === undefined ? {} : { transactions: transactionsOf(watched) }),
  };
}

function transactionsOf({ seconds, together, missing }: WatchedWrites): Observed['transactions'] {
  return missing[0] === undefined ? { seconds, together } : unknown(missing[0]);
}

function unknown({ why, remedy }: Missing): { missing: string; remedy: string } {
  return { missing: why, remedy };
}
