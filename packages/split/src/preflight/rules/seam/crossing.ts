import type { SeamChoices } from '../../../seam/choices.ts';
import type { Facts } from '../../facts/facts.ts';

/** Says where in the configuration an answer belongs, and which there are. */
export function answerWith(
  kind: keyof SeamChoices,
  name: string,
  answers: readonly (readonly [string, string])[],
): string {
  const choices = answers.map(([answer, meaning]) => `${answer} (${meaning})`).join(', ');
  return `Answer in the configuration: seam: { ${kind}: { '${name}': ... } } with ${choices}.`;
}

/** The answer of the plan, if it has one. */
export function answerOf<Kind extends keyof SeamChoices>(
  { plan }: Facts,
  kind: Kind,
  name: string,
): NonNullable<SeamChoices[Kind]>[string] | undefined {
  const answers = plan.seam?.[kind] as
    | Readonly<Record<string, NonNullable<SeamChoices[Kind]>[string]>>
    | undefined;
  return answers !== undefined && Object.hasOwn(answers, name) ? answers[name] : undefined;
}

/** Whether a table leaves. */
export function leaves({ plan }: Facts, table: string): boolean {
  return plan.tables.some(({ name }) => name === table);
}

/** Whether it is the view that the stage has left under a table's old name. */
export function isOldName({ plan }: Facts, view: string): boolean {
  return plan.tables.some(({ oldName }) => oldName === view);
}
