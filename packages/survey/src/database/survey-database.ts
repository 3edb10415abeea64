import type { SchemaCode } from '../sql/read-database-code.ts';
import type { Schema } from '../sql/read-schema.ts';
import type { TablesOfSql } from '../sql/tables-of-sql.ts';
import type { Catalogue, CatalogueCode } from './catalogue.ts';
import type { Missing, SurveyDatabase } from './database.ts';
import { readCatalogue } from './read-catalogue.ts';
import { type CountedStatement, readStatements } from './read-statements.ts';
import { type WatchedWrites, type WatchOptions, watchWrites } from './watch-writes.ts';

/** All that a live database says. */
export interface DatabaseFacts {
  readonly catalogue: Catalogue;
  readonly statements: readonly CountedStatement[];
  /** For how long the server has counted them, in hours. */
  readonly statementHours?: number | undefined;
  /** Only where it was watched. */
  readonly writes: WatchedWrites | undefined;
  readonly missing: readonly Missing[];
}

/** Reads the catalogue, the statistics and, if asked, the write-ahead log for a while. */
export async function surveyDatabase(
  database: SurveyDatabase,
  tablesOf: TablesOfSql,
  watch: WatchOptions | undefined,
): Promise<DatabaseFacts> {
  const { catalogue, missing: unread } = await readCatalogue(database);
  const writes = watch === undefined ? undefined : await watchWrites(database, watch);
  // Afterwards, so that what ran while the log was watched is among them.
  const { statements, hours: statementHours, missing: uncounted } = await readStatements(database, tablesOf);
  const missing = [...unread, ...uncounted, ...(writes?.missing ?? [])];
  return { catalogue, statements, statementHours, writes, missing };
}

/** The tables, keys and code of a live database as if a script had created them. */
export function schemaOf({ tables, foreignKeys, views, functions, triggers }: Catalogue): Schema {
  return {
    tables: tables.map(({ name, columns, primaryKey }) => ({
      name,
      columns,
      line: 1,
      ...(primaryKey.length === 0 ? {} : { primaryKey }),
    })),
    foreignKeys: foreignKeys.map((key) => ({ ...key, line: 1 })),
    code: [
      ...views.map((view) => codeOf('view', view)),
      ...functions.map((each) => codeOf('function', each)),
      ...triggers.map(({ name, table, function: runs }) => ({
        ...codeOf('trigger', { name, tables: [table] }),
        on: table,
        runs: runs.toLowerCase(),
      })),
    ],
  };
}

function codeOf(kind: SchemaCode['kind'], { name, tables }: CatalogueCode): SchemaCode {
  return { kind, name: name.toLowerCase(), words: tables, line: 1 };
}
