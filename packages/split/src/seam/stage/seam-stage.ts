/** The tables of a split in a schema of their own, before they leave: still one database, and one transaction away from going back. */
export interface SeamStage {
  /** Names the stage: the split's name. */
  readonly name: string;
  /** The tables, as `schema.table` as they are named now. */
  readonly tables: readonly string[];
  /** The schema that they move to; it is made, and must not be there yet. */
  readonly schema: string;
  /** The service's role in the source; it is made, without a password, where it is not there. Default none. */
  readonly role?: string;
  /** Foreign keys that are dropped, as `schema.table.constraint`: those that the plan has answered. */
  readonly foreignKeys: readonly string[];
  /**
   * Whether a view is left under each old name, over which the monolith goes on to read and write. What a view can't do: COPY into it,
   * TRUNCATE it, refer to it by a foreign key; sequences of the tables move with them. Default true.
   */
  readonly views?: boolean;
}
