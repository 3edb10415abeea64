/**
 * A row as PostgreSQL writes it: every value in the server's own text form (ISO dates, `t`/`f`, `{1,2}`), so that nothing is
 * lost on the way; null is SQL's NULL. A column that is absent was not sent because it did not change (an unchanged TOAST
 * value): keep what is there.
 */
export type Row = Readonly<Record<string, string | null>>;

/** One entry of a database's log. Table names are `schema.table`. */
export type RowChange =
  | { readonly op: 'insert'; readonly table: string; readonly row: Row }
  | {
      readonly op: 'update';
      readonly table: string;
      readonly row: Row;
      /** The key before the change, when the change moved it, or the whole old row under replica identity full. */
      readonly old?: Row;
    }
  | { readonly op: 'delete'; readonly table: string; readonly old: Row }
  | { readonly op: 'truncate'; readonly table: string };

/** Everything one transaction of the source changed, in the order it changed it. */
export interface ChangeTransaction {
  readonly kind: 'transaction';
  /** The end of the commit record in the source's log. */
  readonly position: bigint;
  readonly committedAt: Date;
  readonly changes: readonly RowChange[];
}

/**
 * The state of the tables at `position`, delivered before the first transaction: `start` (forget what you have), rows in
 * any number, `end`. Only with `end` does the feed's position move.
 */
export type SnapshotEntry =
  | { readonly kind: 'snapshot-start'; readonly position: bigint; readonly tables: readonly string[] }
  | {
      readonly kind: 'snapshot-rows';
      readonly position: bigint;
      readonly table: string;
      readonly rows: readonly Row[];
    }
  | { readonly kind: 'snapshot-end'; readonly position: bigint };

/** What a change feed delivers. */
export type ChangeEntry = ChangeTransaction | SnapshotEntry;

/** What a translator makes of a row change: rows of the service's own tables. */
export type RowWrite =
  | {
      readonly op: 'upsert';
      readonly table: string;
      /** The columns that identify the row. */
      readonly key: Row;
      /** The other columns; one that is absent keeps its value. */
      readonly row: Row;
    }
  | {
      /** Gives a row these values where it is, and makes none. */
      readonly op: 'update';
      readonly table: string;
      readonly key: Row;
      readonly row: Row;
      /** What a row that is not there means: nothing, or that it can't be made of what the log says, which is an error. */
      readonly absent: 'skip' | 'refuse';
    }
  /** Removes the rows with these values; the columns need not be a whole key. */
  | { readonly op: 'delete'; readonly table: string; readonly key: Row }
  | { readonly op: 'truncate'; readonly table: string };

/**
 * The anti-corruption layer for rows: a pure function from a change of someone else's table to writes of ours. A row of a
 * snapshot reaches it as an insert. It must not depend on what is stored, so that rows can be verified by translating them again.
 */
export type RowTranslator = (change: RowChange) => readonly RowWrite[];
