/** Tables that a text of SQL reads and writes, as plain names in lower case. */
export interface NamedTables {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** A statement that the server has counted. */
export interface ObservedStatement extends NamedTables {
  readonly text: string;
  /** The columns that an update sets, by table. */
  readonly sets: readonly { readonly table: string; readonly columns: readonly string[] }[];
  readonly callsPerHour: number;
}

/** Tables that were written in one transaction, and in how many. */
export interface ObservedTransactions {
  readonly seconds: number;
  readonly together: readonly { readonly tables: readonly string[]; readonly transactions: number }[];
}

/**
 * What needs a parser or time to find out, and so comes from outside. What is left out is told of as not looked at; functions are then
 * searched for the names of tables as words, which finds too many rather than too few.
 */
export interface Observed {
  /** The tables of a function, from the whole `create function`; nothing where it can't be parsed or makes its statements at run time. */
  readonly tablesOfFunction?: (language: string, definition: string) => NamedTables | undefined;
  /** What `pg_stat_statements` has; or why it could not be read. */
  readonly statements?: readonly ObservedStatement[] | { readonly missing: string; readonly remedy: string };
  /** Counted statements of which no tables are told: COPY, LOCK, and those that ask for numbers. */
  readonly others?: readonly string[];
  /** What the write-ahead log showed while it was watched; or why it could not be. */
  readonly transactions?: ObservedTransactions | { readonly missing: string; readonly remedy: string };
}
