import { Invalid, Terminal } from '@banyan/runtime';

/** A row can't be told from others without a value in every column of its key. */
export function noKey(table: string, column: string): Invalid {
  return new Invalid(
    'row-key',
    `A row of ${table} was given without a key (column ${column}): give every column of the key a value.`,
  );
}

/** Effects on one table name their rows by different columns. */
export function keyColumnsDiffer(table: string, before: readonly string[], now: readonly string[]): Invalid {
  return new Invalid(
    'row-key-columns',
    `Rows of ${table} are named by (${before.join(', ')}) and by (${now.join(', ')}): name them by the same columns in the same order everywhere.`,
  );
}

/** Sums of binary fractions depend on the order in which they are added. */
export function notWhole(table: string, column: string, amount: unknown): Invalid {
  return new Invalid(
    'row-amount',
    `${String(amount)} can't be added to ${table}.${column}: add whole numbers (cents, not euros), or use a projection with handlers of your own.`,
  );
}

/** A rebuild would not know of the table. */
export function tableNotListed(projection: string, table: string, tables: readonly string[]): Invalid {
  return new Invalid(
    'row-table',
    `The projection ${projection} writes to ${table} and lists ${tables.join(', ') || 'no tables'}: list it in "tables", without a schema.`,
  );
}

/** A handler of rows did something else. */
export function notRows(projection: string, type: string): Terminal {
  return new Terminal(
    'row-effects',
    `The handler of ${type} in the projection ${projection} did not return rows: return rows.upsert(...), rows.add(...), rows.remove(...), a list of them, or nothing; what needs more is for a plain projection.`,
  );
}
