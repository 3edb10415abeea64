/** What the history of a repository says. */
export interface History {
  /** Commits that were counted: no merges. */
  readonly commits: number;
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** Files that are still there, those that change most first. */
  readonly files: readonly FileHistory[];
  readonly coupled: readonly ChangeCoupling[];
  /** Commits of so many files that they say nothing of coupling, such as a reformatting. */
  readonly massCommits: number;
}

export interface FileHistory {
  readonly path: string;
  readonly changes: number;
  readonly authors: number;
  /** Sum of the levels of indentation of all lines: A. Hindle, M. W. Godfrey and R. C. Holt, "Reading beside the lines", ICPC 2008. */
  readonly complexity: number;
  /** Rank by changes times rank by complexity, 0 to 1: what is changed often and is hard to change. */
  readonly hotspot: number;
}

/** Two files that change together: H. Gall, K. Hajek and M. Jazayeri, ICSM 1998. */
export interface ChangeCoupling {
  readonly files: readonly [string, string];
  readonly together: number;
  /** Of the commits that change either, those that change both, 0 to 1. */
  readonly share: number;
}
