/** A table as the catalogue has it. */
export interface TableFacts {
  /** `schema.table`. */
  readonly name: string;
  /** `r` a table, `p` a partitioned one, `v` a view, ... */
  readonly kind: string;
  readonly owner: string;
  readonly isOwner: boolean;
  readonly columns: readonly ColumnFacts[];
  /** The columns of the index that names a row in the log; none where the whole row does, or nothing. */
  readonly identity: readonly string[];
  /** Columns of its primary key and of other unique indexes that no null and no condition weakens. */
  readonly keys: readonly (readonly string[])[];
  /** `none`, `on`, or `forced` for the owner also. */
  readonly rowSecurity: 'none' | 'on' | 'forced';
  readonly policies: readonly string[];
  /** What it is a partition or a child of. */
  readonly parent: string | null;
  readonly isPartition: boolean;
  readonly children: readonly string[];
  readonly triggers: readonly TriggerFacts[];
  /** Rules that change what a statement on it does. */
  readonly rewriteRules: readonly string[];
  /** Publications that it is in. */
  readonly publications: readonly string[];
  /** Roles that were granted to write it, the owner among them. */
  readonly writers: readonly string[];
  /** Bytes of the rows, of their long values, and of the indexes. */
  readonly bytes: number;
  readonly longBytes: number;
  readonly indexBytes: number;
  /** As the planner estimates; -1 where it never looked. */
  readonly rows: number;
  /** Whether a row is there; not asked at the source. */
  readonly hasRows: boolean;
  /** Extensions that its indexes, defaults and checks need. */
  readonly extensions: readonly string[];
}

export interface ColumnFacts {
  readonly name: string;
  /** As the server writes it, in full. */
  readonly type: string;
  readonly notNull: boolean;
  /** The expression, where it is computed; `virtual` columns have no place on disk. */
  readonly generated: 'no' | 'stored' | 'virtual';
  readonly isIdentity: boolean;
  /** Whether it is an identity for which no value may be given. */
  readonly isAlwaysGiven: boolean;
  /** The default as SQL. */
  readonly default: string | null;
  /** The sequence that its default or identity takes numbers from. */
  readonly sequence: SequenceFacts | null;
  /** A collation other than the type's own. */
  readonly collation: string | null;
  /** Whether it may point at a large object. */
  readonly holdsLargeObject: boolean;
}

export interface SequenceFacts {
  readonly name: string;
  /** Whether it belongs to the column, and leaves with it. */
  readonly isOwned: boolean;
  /** Other tables that take numbers from it. */
  readonly alsoUsedBy: readonly string[];
}

export interface TriggerFacts {
  readonly name: string;
  /** The function's name and arguments, in full. */
  readonly function: string;
  /** `O` where it fires for users, `A` always, `R` for replicated changes only, `D` never. */
  readonly enabled: string;
  readonly definition: string;
}

/** A type that is no part of the server itself. */
export interface TypeFacts {
  readonly name: string;
  /** `e` an enumeration, `c` a row, `d` a domain, `r` a range, `b` a base type. */
  readonly kind: string;
  /** The extension that it comes with. */
  readonly extension: string | null;
  /** The values of an enumeration, in order. */
  readonly labels: readonly string[];
}
