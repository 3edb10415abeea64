import type { SeamChoices } from '../../../seam/choices.ts';
import type { Problem } from '../../problem.ts';
import { listed, type Rule } from '../rule.ts';

/** The answers that a split does nothing about: what they say is somebody's work. */
const advice: Readonly<Partial<Record<keyof SeamChoices, readonly unknown[]>>> = {
  foreignKeys: ['api'],
  sharedTables: ['code'],
  joins: ['api'],
  transactions: ['saga'],
  triggers: ['carry', 'convert'],
  views: ['rewrite'],
  functions: ['rewrite'],
};

/** Says which answers are only written down, so that nobody takes them for done. */
export const adviceIsKnown: Rule = ({ plan }) => {
  const answers = Object.entries(plan.seam ?? {}).flatMap(([kind, byName]) =>
    Object.entries(byName ?? {})
      .filter(([, answer]) => advice[kind as keyof SeamChoices]?.includes(answer))
      .map(([name, answer]) => `${name} (${kind}: ${String(answer)})`),
  );
  if (answers.length === 0) return [];
  const problem: Problem = {
    kind: 'answer-is-advice',
    severity: 'note',
    object: plan.name,
    message: `Of the answers to what crosses the seam, these are written down and carried out by nobody here: ${listed(answers, 20)}.`,
    remedy: 'Build what they say before the cut-over; the split only stops asking.',
  };
  return [problem];
};
