/** What becomes of a foreign key that two databases can't have. */
export type ForeignKeyChoice =
  /** The service's API is asked before a row is written. */
  | 'api'
  /** Rows without a parent are counted and named again and again; nothing is done about them. */
  | { readonly orphans: 'allow' }
  /** They get the time at which it was seen, in this column, which is null otherwise. */
  | { readonly orphans: 'mark'; readonly column: string }
  /** They are deleted, as the parent's deletion once did it. */
  | { readonly orphans: 'clean-up' };

/** What becomes of a static table that both sides read: a copy kept by a split of its own, code, or it is left and asked for. */
export type SharedTableChoice = 'feed' | 'code' | 'leave';

/** Whether a table that several parts of the monolith write leaves with all of them, or is parted by columns first. */
export type WritersChoice = 'one' | 'columns';

/** Who puts rows of both sides together: the service's API, a read model that a split of its own keeps, or a foreign table. */
export type JoinChoice = 'api' | 'read-model' | 'bridge';

/** What replaces one transaction. */
export type TransactionChoice =
  /** An outbox on the side that commits first, and a saga that undoes; nobody watches it. */
  | 'saga'
  /** The same, and `banyan split status` counts the rows of the table for which a condition is true: those that still wait. */
  | { readonly saga: { readonly open: string } }
  /** Nothing: either half may be without the other. */
  | 'apart';

/** A trigger that stops when its table leaves: made at the target too, turned into code or events, or not needed any more. */
export type TriggerChoice = 'carry' | 'convert' | 'drop';

/** A view or function that reaches across: over a foreign table under the old name, written anew, or not needed any more. */
export type CodeChoice = 'bridge' | 'rewrite' | 'drop';

/** The answers to everything that crosses the seam, each by the name of what crosses it. */
export interface SeamChoices {
  /** By `schema.table.constraint`. */
  readonly foreignKeys?: Readonly<Record<string, ForeignKeyChoice>>;
  /** By `schema.table` of what stays. */
  readonly sharedTables?: Readonly<Record<string, SharedTableChoice>>;
  /** By `schema.table` of what leaves. */
  readonly writers?: Readonly<Record<string, WritersChoice>>;
  /** By `schema.table` of what stays. */
  readonly joins?: Readonly<Record<string, JoinChoice>>;
  /** By `schema.table` of what stays. */
  readonly transactions?: Readonly<Record<string, TransactionChoice>>;
  /** By `schema.table.trigger`. */
  readonly triggers?: Readonly<Record<string, TriggerChoice>>;
  /** By `schema.view`. */
  readonly views?: Readonly<Record<string, CodeChoice>>;
  /** By `schema.function(types)`. */
  readonly functions?: Readonly<Record<string, CodeChoice>>;
}
