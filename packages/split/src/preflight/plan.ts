/** What a split is to move, as far as the preflight must know. */
export interface PreflightPlan {
  /** Names the split; at most 50 of `a-z`, `0-9` and `_`. */
  readonly name: string;
  /** The tables that leave, as `schema.table`; they keep their names at the target. */
  readonly tables: readonly string[];
  /** A transaction that is open for longer than this is told of, in seconds. Default 60. */
  readonly longTransactionSeconds?: number;
}
