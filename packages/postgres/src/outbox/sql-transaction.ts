/**
 * A transaction of the caller, as much of it as an append needs. A client of `pg` is one; the functions below make one of the handles
 * of other libraries.
 */
export interface SqlTransaction {
  /** Runs a statement with parameters `$1`, `$2`. */
  query(text: string, values: unknown[]): PromiseLike<unknown>;
}

/** The transaction that Drizzle hands to `db.transaction`, and Drizzle's `sql` tag. */
export function drizzleTransaction(
  transaction: { execute(query: never): PromiseLike<unknown> },
  sql: (strings: TemplateStringsArray, ...values: unknown[]) => unknown,
): SqlTransaction {
  return {
    query: (text, values) => {
      const strings = text.split(/\$\d+/);
      const tagged = sql(Object.assign(strings, { raw: strings }), ...values);
      return transaction.execute(tagged as never);
    },
  };
}

/** The transaction that Kysely hands to `db.transaction().execute`. */
export function kyselyTransaction(transaction: {
  executeQuery(query: never): PromiseLike<unknown>;
}): SqlTransaction {
  return {
    query: (sql, parameters) => {
      // What Kysely itself compiles raw SQL to.
      const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] };
      const queryId = { queryId: 'banyan' };
      return transaction.executeQuery({ sql, parameters, query, queryId } as never);
    },
  };
}

/** The transaction that Knex hands to `knex.transaction`. */
export function knexTransaction(transaction: {
  raw(sql: string, bindings: never): PromiseLike<unknown>;
}): SqlTransaction {
  return {
    // A question mark that is no parameter is escaped.
    query: (text, values) =>
      transaction.raw(text.replaceAll('?', '\\?').replace(/\$\d+/g, '?'), values as never),
  };
}
