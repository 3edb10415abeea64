/** How one unit of code is tied to another, strongest first. */
export const tieKinds = [
  'extends',
  'implements',
  'manages',
  'owns',
  'relates',
  'field',
  'creates',
  'calls',
  'parameter',
  'returns',
  'local',
  'mentions',
  'imports',
] as const;

export type TieKind = (typeof tieKinds)[number];

/** A name of a type as it is written at one place, not yet resolved. */
export interface Mention {
  readonly name: string;
  readonly how: TieKind;
  readonly line: number;
  /** The field or method it is written in. */
  readonly member?: string;
  /** Of a call: the method that is called. */
  readonly called?: string;
  /** Of a call at the end of a chain: the first property of the chain. */
  readonly through?: string;
}

/** An annotation or decorator with its arguments; the argument without a name is `value`. */
export interface AnnotationFact {
  readonly name: string;
  readonly line: number;
  /** Texts of each argument: constant strings by their value, anything else as it is written. */
  readonly arguments: Readonly<Record<string, readonly string[]>>;
}

export interface MemberFacts {
  readonly kind: 'field' | 'method';
  readonly name: string;
  readonly line: number;
  readonly annotations: readonly AnnotationFact[];
  /** Names in its type: of a field the type, of a method the return type; type arguments included. */
  readonly types: readonly string[];
  readonly parameters: readonly string[];
}

/** A constant text in the code, pieces joined by `+` as one. */
export interface TextFact {
  readonly text: string;
  readonly line: number;
  readonly member?: string;
}

/** Where an identifier stands; a word in a name of a type says more than one in a local variable. */
export type WordPlace = 'name' | 'member' | 'type' | 'body' | 'text' | 'table' | 'path';

export type UnitKind = 'class' | 'interface' | 'enum' | 'record' | 'annotation' | 'module';

/** A top-level type (what is nested in it counts as its own code), or a file in languages that have none. */
export interface UnitFacts {
  readonly name: string;
  readonly kind: UnitKind;
  readonly line: number;
  readonly lines: number;
  readonly annotations: readonly AnnotationFact[];
  readonly members: readonly MemberFacts[];
  readonly mentions: readonly Mention[];
  readonly texts: readonly TextFact[];
  /** Identifiers and how often they are written, by place. */
  readonly identifiers: Readonly<
    Record<Exclude<WordPlace, 'text' | 'table' | 'path'>, ReadonlyMap<string, number>>
  >;
  /** Names of types (in modules: of anything) that are declared inside. */
  readonly nested: readonly string[];
  /** Routes that are registered by calls, with the member that answers them. */
  readonly routes?: readonly RouteFact[];
  /** Chains of calls that may be those of a library of data access. */
  readonly chains?: readonly CallChain[];
}

/** What is given to a call: a constant text, a name, the properties of an object, or as it is written. */
export interface ArgumentFact {
  readonly text?: string;
  readonly name?: string;
  /** Constant texts by their value, anything else as it is written. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly written?: string;
}

/** Names that are called one on the other: `db.select().from(users)`. */
export interface CallChain {
  readonly segments: readonly { readonly name: string; readonly given?: readonly ArgumentFact[] }[];
  readonly line: number;
  readonly member: string;
  /** The constant that it is the value of. */
  readonly assigned?: string;
  /** The table that is being created or altered where it stands. */
  readonly inside?: string;
}

export interface RouteFact {
  readonly verb: string;
  readonly path: string;
  readonly member: string;
  readonly line: number;
}

export interface ImportFact {
  /** What is imported: `a.b.C` in Java, a path or package elsewhere. */
  readonly from: string;
  /** Its name in this file; `*` for all. */
  readonly as: string;
  /** Its name where it comes from, if that is another one; `*` for all that is there. */
  readonly name?: string;
  readonly line: number;
}

/** What one file of code says of itself. */
export interface FileFacts {
  readonly path: string;
  readonly language: string;
  readonly lines: number;
  readonly package: string;
  readonly imports: readonly ImportFact[];
  readonly units: readonly UnitFacts[];
  /** Constant texts of the file by name; another constant inside one stands between two NUL characters. */
  readonly constants?: ReadonlyMap<string, string>;
  /** What it passes on from elsewhere, `*` for all. */
  readonly reexports?: readonly ImportFact[];
  /** Where it hangs the routes of what is imported under this name. */
  readonly mounts?: readonly { readonly path: string; readonly name: string }[];
  /** Places that the parser could not make sense of. */
  readonly syntaxErrors: number;
  /** How hard it is to follow, by branches and how deep they stand in each other. */
  readonly complexity: number;
}
