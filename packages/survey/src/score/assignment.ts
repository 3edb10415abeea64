import type { Truth } from './truth.ts';

/** A proposed partition: the contexts that each class is in; several mean that it is shared. */
export type Placement = ReadonlyMap<string, ReadonlySet<string>>;

/** What both sides know of, and how much of it is where. */
export interface Comparison {
  /** Classes that are counted: those of the known split that were found in the code. */
  readonly counted: readonly string[];
  /** Classes of the known split that the code does not have. */
  readonly missing: readonly string[];
  readonly proposed: readonly string[];
  readonly known: readonly string[];
  /** Classes that both have in these contexts, by `[proposed][known]`. */
  readonly overlap: readonly (readonly number[])[];
}

/** Lays a proposal beside a known split. */
export function compareWithTruth(placement: Placement, truth: Truth): Comparison {
  const counted = [...truth.keys()].filter((name) => placement.has(name)).sort();
  const missing = [...truth.keys()].filter((name) => !placement.has(name)).sort();
  const known = contextsOf(truth, counted);
  const proposed = contextsOf(placement, counted);
  const overlap = proposed.map((mine) =>
    known.map(
      (theirs) =>
        counted.filter((name) => placement.get(name)!.has(mine) && truth.get(name)!.has(theirs)).length,
    ),
  );
  return { counted, missing, proposed, known, overlap };
}

/** How many of the counted classes a context has. */
export function sizeOf(side: Placement, context: string, counted: readonly string[]): number {
  return counted.filter((name) => side.get(name)!.has(context)).length;
}

function contextsOf(side: Placement, counted: readonly string[]): string[] {
  return [...new Set(counted.flatMap((name) => [...side.get(name)!]))].sort();
}
