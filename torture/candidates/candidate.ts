/** What the suite tortures: a way to keep events in PostgreSQL and to follow them. */
export interface Candidate {
  readonly name: string;
  /** The package and its version. */
  readonly about: string;
  readonly tables: CandidateTables;
  /** Makes its tables in an empty database. */
  prepare(url: string): Promise<void>;
  /** Opens it as an application would, on a pool of its own. */
  open(url: string): Promise<Store>;
}

/** What faults and counts have to know. */
export interface CandidateTables {
  /** The table that the events are inserted into; triggers are put on it. */
  readonly events: string;
  /** The label of an event within a trigger, in terms of `new`. */
  readonly newLabel: string;
  /** Gives `label`, `stream` and `version` of every committed event. */
  readonly committed: string;
  /** Every table that a dump would hold rows of, and what to do to its sequences afterwards. */
  readonly dumped: readonly string[];
  readonly setSequences: string;
}

/** Runs a statement in somebody's transaction: that of a subscriber's effects, or one that an append joins. */
export type Execute = (sql: string, values: readonly unknown[]) => Promise<unknown>;

/** What a subscriber does with an event, known by its label. */
export type Handle = (label: string, execute: Execute) => Promise<void>;

/** An opened candidate. An event is a label; nothing else of it matters here. */
export interface Store extends AsyncDisposable {
  /**
   * Appends to a stream that must be at the version `expected`, where 0 is a stream that is not there; `any` asks nothing.
   * @throws VersionConflict when it is not.
   */
  append(stream: string, labels: readonly string[], expected: number | 'any'): Promise<void>;
  /** Appends within a transaction of the caller, who commits it or rolls it back; undefined where that is not offered. */
  readonly join?: (transaction: Execute, stream: string, labels: readonly string[]) => Promise<void>;
  /** Reads a stream and gives its version, 0 when it is not there. */
  load(stream: string): Promise<number>;
  /** Follows all streams from the checkpoint of this name; goes on after failures, as a supervisor would see to. */
  follow(name: string, handle: Handle): AsyncDisposable;
}

/** Somebody else was first. */
export class VersionConflict extends Error {}
