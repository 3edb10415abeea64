/** One of the two databases of a split: the monolith's, and the service's. */
export type SideName = 'source' | 'target';

/** A table that moves. It has the same name on both sides. */
export interface SplitTable {
  /** `schema.table`. */
  readonly name: string;
  /** The columns that move; all where absent. Those of the replica identity must be among them. */
  readonly columns?: readonly string[];
  /**
   * The rows that move; all where absent. A condition over columns of the replica identity, with immutable built-in functions only,
   * because the server's own publication asks it. Rows for which it is not true stay with the monolith, which goes on writing them.
   */
  readonly where?: string;
  /** `schema.table` by which the monolith goes on to know it, where a stage has moved it: a view stands there. */
  readonly oldName?: string;
}

/**
 * What is left to the monolith under the tables' old names after a cut-over: the copy that the feed back keeps up to date, which can only be
 * read, or foreign tables that reach the new owner.
 */
export type Bridge = 'copy' | 'foreign-tables';

/** Where the rows have another shape at the target: a translator makes them, and nothing is copied as it is. */
export interface Reshaped {
  /** The target's tables, as `schema.table`. */
  readonly into: readonly string[];
  /** Whether a translator makes rows of the source of them again: without it there is no way back after a cut-over. */
  readonly back: boolean;
  /** Whether the translator makes events, of which projections of the target's own make its rows. */
  readonly events?: true;
  /** Sequences of the target, each with that of the source whose numbers it goes on with; both as `schema.sequence`. */
  readonly sequences?: Readonly<Record<string, string>>;
}

/** What moves where. */
export interface SplitPlan {
  /** At most 30 of `a-z`, `0-9` and `_`, because slots are named for it. */
  readonly name: string;
  /** Tells this attempt from others of the same name; absent while nothing is planned. */
  readonly id?: string;
  /** The service that takes the tables over, for the sentence that refuses writers. */
  readonly service: string;
  readonly tables: readonly SplitTable[];
  /** Default `copy`. */
  readonly bridge?: Bridge;
  /** Absent where the tables have the same names and columns on both sides. */
  readonly reshaped?: Reshaped;
  /** Present where the target only ever has a copy: the source owns the tables for good, and nothing comes back. */
  readonly keep?: 'copy';
}

/** Whether rows come back from the target once it owns the tables. */
export function comesBack({ keep, reshaped }: Pick<SplitPlan, 'keep' | 'reshaped'>): boolean {
  return keep === undefined && reshaped?.back !== false;
}

/** The tables of a split as a side has them. */
export function tablesAt({ tables, reshaped }: SplitPlan, side: SideName): readonly SplitTable[] {
  return side === 'source' || reshaped === undefined ? tables : reshaped.into.map((name) => ({ name }));
}

/** The side that is not this one. */
export function otherSide(side: SideName): SideName {
  return side === 'source' ? 'target' : 'source';
}
