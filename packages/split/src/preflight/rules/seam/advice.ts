import type { SeamChoices } from '../../../seam/choices.ts';
import type { Problem } from '../../problem.ts';
import { listed, type Rule } from '../rule.ts';

/** The answers that a split does nothing about: what they say is somebody's work. */
const advice: Readonly<Partial<Record<keyof SeamChoices, readonly string[]>>> = {
  foreignKeys: ['api'],
  sharedTables: ['code'],
  joins: ['api'],
  transactions: ['saga'],
  triggers: ['convert'],
  views: ['rewrite'],
  functions: ['rewrite'],
};

/** Says which answers are only written down, so that nobody takes them for done. */
export const adviceIsKnown: Rule = ({ plan }) => {
  const answers = Object.entries(plan.seam ?? {}).flatMap(([kind, byName]) =>
    Object.entries(byName ?? {})
      .map(([name, answer]) => [name, nameOf(answer)] as const)
      .filter(([, answer]) => advice[kind as keyof SeamChoices]?.includes(answer))
      .map(([name, answer]) => `${name} (${kind}: ${answer})`),
  );
  if (answers.length === 0) return [];
  const problem: Problem = {
    kind: 'answer-is-advice',
    severity: 'note',
    object: plan.name,
    message: `Of the answers to what crosses the seam, these are written down and carried out by nobody here: ${listed(answers, 20)}.`,
    remedy:
      'Build what they say before the cut-over (a saga: docs/crossing-transactions.md); the split does not.',
  };
  return [problem];
};

/** Of an answer that has details, what it is. */
function nameOf(answer: unknown): string {
  return typeof answer === 'object' && answer !== null ? Object.keys(answer)[0]! : String(answer);
}
