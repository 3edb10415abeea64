/** A bounded context that the survey proposes. */
export interface ProposedContext {
  /** From the words of its own code; unique. */
  readonly name: string;
  /** Ids of modules, in order. Shared ones are not among them. */
  readonly modules: readonly string[];
  /** Tables whose rows its modules keep. */
  readonly tables: readonly string[];
  /** The words that set it apart, strongest first. */
  readonly words: readonly string[];
}

/** Why a module is where it is. */
export interface ModulePlacement {
  readonly module: string;
  readonly context: string;
  /** The share of all that draws the module that draws it here, 0 to 1. */
  readonly share: number;
  readonly second: { readonly context: string; readonly share: number } | undefined;
  readonly why:
    | 'it hangs together with the rest'
    | 'it leans on several contexts, most on this one'
    | 'only this context uses it'
    | 'its words are those of this context'
    | 'it is pinned here';
}

/** A module that no single context can claim. */
export interface SharedModule {
  readonly module: string;
  readonly usedBy: readonly string[];
  /** The context that draws it most, if it must be in one. */
  readonly home: string | undefined;
  readonly why: 'several contexts build upon it' | 'nothing ties it to any context';
}

export interface Proposal {
  readonly contexts: readonly ProposedContext[];
  readonly placements: readonly ModulePlacement[];
  readonly shared: readonly SharedModule[];
}
