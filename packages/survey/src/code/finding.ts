import type { FileFacts, UnitFacts } from './facts.ts';

/** A table as it is meant in code: by its name, by a name of the file, or by that of a model. */
export interface TableRef {
  readonly table?: string;
  /** Without it a name is believed only of tables that are known. */
  readonly isSure?: boolean;
  readonly name?: string;
  readonly model?: string;
}

/** What a framework's signs in the code say. Types are names as written; the graph resolves them. */
export type Finding =
  /** The unit stands for a row of this table; without a name it is to be found by the unit's own. */
  | { readonly kind: 'maps'; readonly table: string | undefined; readonly line: number }
  /** A table that exists only to tie others, such as that of a many-to-many relation. */
  | { readonly kind: 'uses'; readonly table: string; readonly writes: boolean; readonly line: number }
  /** The file declares a table; `as` is its name there, `model` that of its model. */
  | {
      readonly kind: 'declares';
      readonly table: string;
      readonly as?: string | undefined;
      readonly model?: string;
      readonly columns?: readonly string[];
      /** A file that declares one table stands for its rows. */
      readonly maps?: boolean;
      readonly line: number;
    }
  /** A foreign key. */
  | {
      readonly kind: 'refers';
      readonly from: TableRef;
      readonly to: TableRef;
      readonly columns: readonly string[];
      readonly cascades: boolean;
      readonly line: number;
    }
  /** What one query reads and writes. */
  | {
      readonly kind: 'queries';
      readonly reads: readonly TableRef[];
      readonly writes: readonly TableRef[];
      readonly columns?: readonly string[];
      readonly line: number;
      readonly member: string;
    }
  /** The unit works on the tables of that type; without `how` it both reads and writes. */
  | {
      readonly kind: 'manages';
      readonly type: string;
      readonly line: number;
      readonly how?: 'reads' | 'writes';
      readonly member?: string;
    }
  | { readonly kind: 'statement'; readonly text: string; readonly line: number; readonly member?: string }
  | {
      readonly kind: 'relates';
      readonly type: string;
      readonly owns: boolean;
      readonly line: number;
      readonly member: string;
      readonly many: boolean;
      /** The table between the two, if there is one; empty where its name is not said. */
      readonly through?: string;
    }
  | {
      readonly kind: 'endpoint';
      readonly of: 'http' | 'job' | 'listener';
      readonly name: string;
      readonly member?: string;
      readonly line: number;
    }
  | { readonly kind: 'transaction'; readonly member: string | undefined; readonly line: number };

/** Knows the signs of one framework or library. */
export type FrameworkReader = (unit: UnitFacts, file: FileFacts) => Iterable<Finding>;
