import type { TieKind, UnitKind } from '../code/facts.ts';

/** Where something is written, so that a reader can look. */
export interface Evidence {
  readonly path: string;
  readonly line: number;
  /** In a few words what stands there. */
  readonly what: string;
}

/** A class, or a file in languages that have none. */
export interface Module {
  /** Unique: the full name in Java, the path elsewhere. */
  readonly id: string;
  readonly name: string;
  readonly kind: UnitKind;
  readonly language: string;
  readonly package: string;
  readonly path: string;
  readonly line: number;
  readonly lines: number;
}

/** A dependency of one module on another. */
export interface Tie {
  readonly from: string;
  readonly to: string;
  /** How often in which way. */
  readonly kinds: Readonly<Partial<Record<TieKind, number>>>;
  /** The first few places. */
  readonly evidence: readonly Evidence[];
}

export interface Table {
  /** As the database or the mapping writes it, in lower case. */
  readonly name: string;
  /** Where it is from: created by a script, mapped to a class, or only mentioned in a statement. */
  readonly from: 'schema' | 'mapping' | 'statement' | 'database';
  readonly columns: readonly string[];
  /** What identifies a row, where a script or the database says it. */
  readonly primaryKey?: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface ForeignKey {
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  /** Rows of `from` go with the row they refer to: the two are one aggregate. */
  readonly cascades: boolean;
  readonly evidence: readonly Evidence[];
}

/** A view, a function or a trigger of the database. */
export interface DatabaseCode {
  readonly kind: 'view' | 'function' | 'trigger';
  readonly name: string;
  /** Those that it names; of a trigger the one that it watches. */
  readonly tables: readonly string[];
  /** Of a trigger the function that it runs. */
  readonly runs?: string | undefined;
  readonly evidence: readonly Evidence[];
}

/** A module reads or writes a table. */
export interface TableUse {
  readonly module: string;
  readonly table: string;
  readonly reads: number;
  readonly writes: number;
  /** The module is the table's own class, not code that works on it. */
  readonly maps: boolean;
  readonly evidence: readonly Evidence[];
}

/** One method works on a table. */
export interface Access {
  readonly module: string;
  /** `*` where all that is known is the module. */
  readonly member: string;
  readonly table: string;
  readonly writes: boolean;
  /** Of an update the columns that it sets. */
  readonly columns?: readonly string[];
}

/** Tables that stand in one statement. */
export interface TableJoin {
  readonly module: string;
  readonly tables: readonly string[];
  /** Those of them that the statement writes. */
  readonly writes: readonly string[];
  readonly evidence: readonly Evidence[];
}

/** Where a request, a job or a message comes in. */
export interface Endpoint {
  readonly kind: 'http' | 'job' | 'listener';
  /** `GET /owners/{id}`, a schedule, a topic. */
  readonly name: string;
  readonly module: string;
  readonly member: string | undefined;
  readonly evidence: readonly Evidence[];
}

/** A call of one method by another, as far as it could be resolved. */
export interface Call {
  readonly from: string;
  readonly fromMember: string;
  readonly to: string;
  readonly toMember: string;
}

/** Methods that run in one transaction. */
export interface TransactionalMember {
  readonly module: string;
  readonly member: string;
  readonly evidence: readonly Evidence[];
}

/** All that a survey has found, before it concludes anything. */
export interface Graph {
  readonly modules: readonly Module[];
  readonly ties: readonly Tie[];
  readonly tables: readonly Table[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly databaseCode: readonly DatabaseCode[];
  readonly tableUses: readonly TableUse[];
  readonly accesses: readonly Access[];
  readonly joins: readonly TableJoin[];
  readonly endpoints: readonly Endpoint[];
  readonly calls: readonly Call[];
  readonly transactions: readonly TransactionalMember[];
}
