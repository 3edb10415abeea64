import { Conflict, Invalid, NotFound, Unavailable } from '@banyan/runtime';

/** The projection does not say which tables it keeps, so they can not be built elsewhere. */
export function noTables(projection: string): Invalid {
  return new Invalid(
    'projection-tables',
    `The projection ${projection} names no tables: give it "tables", the names of its tables without a schema.`,
  );
}

/** Tables in use are not where they were looked for. */
export function tablesMissing(projection: string, tables: readonly string[], schema: string): NotFound {
  return new NotFound(
    'projection-tables-missing',
    `The projection ${projection} has no table ${tables.join(', ')} in the schema ${schema}: name the schema with tablesIn (--tables-in), or give the projection "create".`,
  );
}

/** Something would go on pointing at the old tables. */
export function tablesUsed(table: string, by: readonly string[]): Invalid {
  return new Invalid(
    'projection-tables-used',
    `${by.join(', ')} would go on using the old table ${table} after a switch: drop it, or give the read model a table of its own.`,
  );
}

/** A copied table would share a sequence with the old one. */
export function sequenceShared(table: string): Invalid {
  return new Invalid(
    'projection-sequence',
    `The table ${table} has a serial column, which a copy of it would share: give the projection "create", or make the column an identity.`,
  );
}

/** A handler named a schema, or writes to a table that the projection does not list. Nothing was changed. */
export function wroteElsewhere(
  projection: string,
  written: readonly string[],
  tables: readonly string[],
): Invalid {
  return new Invalid(
    'projection-wrote-elsewhere',
    `A handler of ${projection} wrote to ${written.join(', ')}, which is not being built (${tables.join(', ')} is): name the projection's tables without a schema, list all of them in "tables", and write nothing else while "rebuilding". It was undone.`,
  );
}

/** Another process rebuilds the same projection. */
export function rebuildRuns(projection: string, leaseMs = 10_000): Conflict {
  return new Conflict(
    'rebuild-runs',
    `Another process rebuilds ${projection} or rolls it back at the moment: wait for it to end. If it was killed, try again in ${leaseMs / 1_000} s.`,
  );
}

/** The end of the feed was not reached while everything was held. */
export function cannotMeet(projection: string): Unavailable {
  return new Unavailable(
    'rebuild-behind',
    `The new version of ${projection} did not come to the end of the feed in time, so nothing was switched: try again, with more lanes or at a quieter hour.`,
  );
}

/** There is no version to go back to. */
export function nothingKept(projection: string): NotFound {
  return new NotFound(
    'nothing-kept',
    `No earlier version of ${projection} is kept: it was not rebuilt, or it was rolled back and dropped.`,
  );
}
