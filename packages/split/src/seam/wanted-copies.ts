import type { SeamChoices } from './choices.ts';
import type { OtherSplit } from './other-split.ts';

/** A table that stays, and of which the service is to have a copy. */
export interface WantedCopy {
  /** `schema.table`. */
  readonly table: string;
  /** The answer in the plan that wants it. */
  readonly answer: 'sharedTables: feed' | 'joins: read-model';
  /** The split that keeps it, or is to. */
  readonly by?: OtherSplit;
}

/** The answers that are carried out by a split which keeps a copy, each with that split, the one that is furthest. Pure. */
export function wantedCopies(
  { sharedTables = {}, joins = {} }: SeamChoices,
  service: string,
  others: readonly OtherSplit[],
): readonly WantedCopy[] {
  const wanted = new Map<string, WantedCopy['answer']>([
    ...namesOf(joins, 'read-model').map((table) => [table, 'joins: read-model'] as const),
    ...namesOf(sharedTables, 'feed').map((table) => [table, 'sharedTables: feed'] as const),
  ]);
  return [...wanted].map(([table, answer]) => {
    const by = keptBy(table, service, others);
    return { table, answer, ...(by === undefined ? {} : { by }) };
  });
}

function namesOf(answers: Readonly<Record<string, string>>, wanted: string): string[] {
  return Object.entries(answers).flatMap(([table, answer]) => (answer === wanted ? [table] : []));
}

const furthest: readonly OtherSplit['state'][] = ['followed', 'begun', 'planned'];

function keptBy(table: string, service: string, others: readonly OtherSplit[]): OtherSplit | undefined {
  const copies = others.filter(
    (one) => one.keep === 'copy' && one.service === service && one.tables.includes(table),
  );
  return furthest.flatMap((state) => copies.filter((one) => one.state === state))[0];
}
