import type { SeamChoices } from '../../../seam/choices.ts';
import type { Facts } from '../../facts/facts.ts';
import type { Problem } from '../../problem.ts';
import { listed, type Rule } from '../rule.ts';

/** An answer for what is not there was misspelt, or is carried out: only its author can tell. */
export const answersNameSomething: Rule = (facts): Problem[] => {
  const there = namesIn(facts);
  const missing = Object.entries(facts.plan.seam ?? {}).flatMap(([kind, answers]) => {
    const known = there[kind as keyof SeamChoices];
    const names = Object.keys(answers ?? {});
    return known === undefined
      ? []
      : names.filter((name) => !known.has(name)).map((name) => `${name} (${kind})`);
  });
  if (missing.length === 0) return [];
  return [
    {
      kind: 'answer-for-nothing',
      severity: 'note',
      object: facts.plan.name,
      message: `Of the answers to what crosses the seam, these name what is not there, or does not cross it: ${listed(missing, 20)}.`,
      remedy: 'Correct the names (the problems here have them as they are), or leave what is carried out.',
    },
  ];
};

/** What can be answered. Once the seam is drawn its keys are gone and stay answered. */
function namesIn({ plan, source: { seam } }: Facts): Partial<Record<keyof SeamChoices, ReadonlySet<string>>> {
  const of = (all: readonly { readonly name: string }[]) => new Set(all.map(({ name }) => name));
  const isDrawn = plan.tables.some(({ oldName }) => oldName !== undefined);
  return {
    ...(isDrawn ? {} : { foreignKeys: of(seam.foreignKeys) }),
    sharedTables: of(seam.tables),
    writers: of(plan.tables),
    joins: of(seam.tables),
    transactions: of(seam.tables),
    triggers: of(seam.triggers),
    views: of(seam.views),
    functions: of(seam.functions),
  };
}
