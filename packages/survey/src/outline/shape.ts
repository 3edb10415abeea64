import type { AnnotationFact, FileFacts, ImportFact, TieKind, UnitKind } from '../code/facts.ts';
import type { SyntaxNode } from '../syntax/syntax-node.ts';

/** A call as all languages have it. */
export interface Call {
  readonly name: string;
  /** What stands before the dot. */
  readonly receiver: SyntaxNode | undefined;
  readonly arguments: readonly SyntaxNode[];
}

/** A variable or field that is declared or assigned at one place. */
export interface Declared {
  readonly name: string;
  readonly type: SyntaxNode | undefined;
  readonly value: SyntaxNode | undefined;
}

export type LineOf = (offset: number) => number;

/** What the grammar of a language calls the parts of code. The reader of outlines knows nothing else of a language. */
export interface Shape {
  readonly language: string;
  /** Nodes that declare a type, by their type. */
  readonly types: Readonly<Record<string, UnitKind>>;
  /** Nodes that only hold declarations, such as namespaces. */
  readonly containers: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  /** Nodes that are a constant text, and which of their children are its letters; the others are put in when it runs. */
  readonly strings: ReadonlySet<string>;
  readonly letters: ReadonlySet<string>;
  /** Nodes that join two texts, `left` and `right`. */
  readonly joins: ReadonlySet<string>;
  /** How an object calls itself. */
  readonly self: string;
  /** Calls that frameworks read something from; each is kept as an annotation of the member that it stands in. */
  readonly noted: RegExp;
  /** Calls that begin a transaction. */
  readonly transactions: RegExp;
  /** Where files say which package they belong to. */
  package(root: SyntaxNode, path: string): string;
  imports(root: SyntaxNode, line: LineOf, path: string): ImportFact[];
  /** The declaration inside of its decorators, with those. */
  undecorated(node: SyntaxNode): { readonly node: SyntaxNode; readonly decorators: readonly SyntaxNode[] };
  /** What stands in a type; default the children of its body. */
  members?(type: SyntaxNode): readonly SyntaxNode[];
  supers(type: SyntaxNode): readonly { readonly node: SyntaxNode; readonly how: TieKind }[];
  /** What is declared by a node: fields of a type, variables of a function. */
  declared(node: SyntaxNode): readonly Declared[];
  /** Types that a signature names. */
  signature(fn: SyntaxNode): {
    readonly parameters: readonly Declared[];
    readonly returns: SyntaxNode | undefined;
  };
  call(node: SyntaxNode): Call | undefined;
  /** The type that an expression makes an object of. */
  creates(node: SyntaxNode): SyntaxNode | undefined;
  /** Whether an identifier in code is the name of a type. */
  isTypeName(node: SyntaxNode): boolean;
  /** The type whose method a function is that stands outside of it. */
  receiver?(fn: SyntaxNode): Declared | undefined;
  /** What a language says in its own way of a member. */
  remarks?(member: SyntaxNode, line: LineOf): readonly AnnotationFact[];
  /** Completes the facts of each file by those of the others. */
  link?(files: readonly FileFacts[]): FileFacts[];
}
