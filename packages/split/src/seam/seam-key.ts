/** A foreign key that crosses the seam, as two ends that may be in two databases. */
export interface SeamKey {
  /** `schema.table.constraint`, as the plan's answers name it. */
  readonly name: string;
  readonly child: KeyEnd;
  readonly parent: KeyEnd;
}

/** One end of it. */
export interface KeyEnd {
  /** `schema.table`. */
  readonly table: string;
  /** In the order of the other end's. */
  readonly columns: readonly string[];
}
