/** What ties the tables that leave to what stays. */
export interface SeamFacts {
  /** Every table of the source. */
  readonly tables: readonly KnownTable[];
  /** Foreign keys between what leaves and what stays, either way. */
  readonly foreignKeys: readonly ForeignKeyFacts[];
  /** Views that read a table that leaves, also through other views. */
  readonly views: readonly ViewFacts[];
  /** Functions that name a table that leaves, or are called by one of its triggers. */
  readonly functions: readonly FunctionFacts[];
  /** Triggers of the tables that leave, and those of others that reach one that leaves. */
  readonly triggers: readonly SeamTrigger[];
  /** What every function of the source says, without comments. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

export interface KnownTable {
  readonly name: string;
  readonly rows: number;
  /** Rows changed or deleted since the statistics began. */
  readonly changed: number;
  /** Tables with a foreign key to it. */
  readonly referencedBy: readonly string[];
}

export interface ForeignKeyFacts {
  /** `schema.table.constraint`. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  readonly referenced: readonly string[];
  /** `a` nothing, `r` refuse, `c` delete too, `n` set null, `d` set the default. */
  readonly onDelete: string;
  readonly definition: string;
}

export interface ViewFacts {
  readonly name: string;
  readonly isMaterialized: boolean;
  readonly tables: readonly string[];
}

export interface FunctionFacts {
  /** `schema.function(types)`. */
  readonly name: string;
  readonly language: string;
  readonly tables: readonly string[];
  /** Those of them that it is known to write. */
  readonly writes: readonly string[];
  /** Whether its tables were parsed, not searched for as words. */
  readonly isParsed: boolean;
  readonly notifies: boolean;
  readonly isTrigger: boolean;
}

export interface SeamTrigger {
  /** `schema.table.trigger`. */
  readonly name: string;
  readonly table: string;
  readonly function: string;
}
