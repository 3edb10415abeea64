import type { FileFacts, UnitFacts } from './facts.ts';

/** What a framework's signs in the code say. Types are names as written; the graph resolves them. */
export type Finding =
  /** The unit stands for a row of this table; without a name it is to be found by the unit's own. */
  | { readonly kind: 'maps'; readonly table: string | undefined; readonly line: number }
  /** A table that exists only to tie others, such as that of a many-to-many relation. */
  | { readonly kind: 'uses'; readonly table: string; readonly writes: boolean; readonly line: number }
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
