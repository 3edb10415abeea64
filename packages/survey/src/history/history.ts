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

/** How hard a file is to change, in two ways that need no history. */
export interface Complexity {
  /** Sum of the levels of indentation of all lines: A. Hindle, M. W. Godfrey and R. C. Holt, "Reading beside the lines", ICPC 2008. */
  readonly byIndentation: number;
  /** Branches and loops, those inside of others counting more. */
  readonly byTree: number;
}

export interface FileHistory {
  readonly path: string;
  readonly changes: number;
  readonly authors: number;
  /** By indentation. */
  readonly complexity: number;
  readonly complexityByTree: number;
  /** Rank by changes times the mean of the ranks by both complexities, 0 to 1: what is changed often and is hard to change. */
  readonly hotspot: number;
}

/** Two files that change together: H. Gall, K. Hajek and M. Jazayeri, ICSM 1998. */
export interface ChangeCoupling {
  readonly files: readonly [string, string];
  readonly together: number;
  /** Of the commits that change either, those that change both, 0 to 1. */
  readonly share: number;
}
