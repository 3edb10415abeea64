import type { FileFacts } from './facts.ts';
import type { FrameworkReader } from './finding.ts';

/** Finds the module that a name, written in a file, stands for. */
export type ResolveName = (file: FileFacts, name: string) => string | undefined;

/** A programming language, behind one port. */
export interface Language {
  readonly name: string;
  /** With the dot. */
  readonly extensions: readonly string[];
  readonly frameworks: readonly FrameworkReader[];
  read(path: string, source: string): FileFacts;
  /** Names of files that say how names are resolved, such as `tsconfig.json`. */
  readonly settings?: readonly string[];
  configure?(settings: readonly { readonly path: string; readonly text: string }[]): void;
  /** Completes the facts of each file by those of the others. */
  link?(files: readonly FileFacts[]): FileFacts[];
  /** The id of a unit of that file. */
  idOf(file: FileFacts, unit: string): string;
  resolver(files: readonly FileFacts[]): ResolveName;
  /** Finds the module and the name there that a name in a file comes from. */
  origins?(
    files: readonly FileFacts[],
  ): (file: FileFacts, name: string) => { readonly module: string; readonly name: string } | undefined;
}
