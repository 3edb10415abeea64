/** What follows from a problem: an error stops the split before it begins, a warning will hurt somebody, a note is good to know. */
export type Severity = 'error' | 'warning' | 'note';

/** Something that stands in the way of a split, with what to do about it. */
export interface Problem {
  /** Stable, for programs: `table-without-key`, `extension-missing`, ... `docs/split-preflight.md` has them all. */
  readonly kind: string;
  readonly severity: Severity;
  /** What it is about: a table as `schema.table`, a role, a setting. */
  readonly object: string;
  readonly message: string;
  readonly remedy: string;
}

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/** The worst first, then by kind and object: the same facts have the same list. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const byText = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return [...problems].sort(
    (a, b) => order[a.severity] - order[b.severity] || byText(a.kind, b.kind) || byText(a.object, b.object),
  );
}
