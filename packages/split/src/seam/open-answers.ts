import type { SplitPlan } from '../plan/split-plan.ts';
import type { SeamFacts } from '../preflight/facts/seam-facts.ts';
import type { CodeChoice, SeamChoices, TriggerChoice } from './choices.ts';

/** Code of the monolith's database that its answer says is replaced or not needed, and that reaches tables that leave all the same. */
export interface OpenAnswer {
  readonly kind: 'triggers' | 'views' | 'functions';
  /** As the answer has it. */
  readonly name: string;
  readonly answer: Exclude<CodeChoice, 'bridge'> | Exclude<TriggerChoice, 'carry'>;
  /** `schema.table` of what leaves. */
  readonly tables: readonly string[];
}

type Answers = Readonly<Partial<Record<string, CodeChoice | TriggerChoice>>>;

/** Whether there is an answer at all that could be open, so that it is worth while to read the catalogue. Pure. */
export function couldBeOpen({ triggers = {}, views = {}, functions = {} }: SeamChoices): boolean {
  return [triggers, views, functions].some((answers) => Object.values(answers).some(isOpen));
}

/** The answers that somebody has still to carry out. Pure. */
export function openAnswers(
  facts: Pick<SeamFacts, 'triggers' | 'views' | 'functions'>,
  plan: Pick<SplitPlan, 'tables'>,
  { triggers = {}, views = {}, functions = {} }: SeamChoices,
): readonly OpenAnswer[] {
  const leaving = plan.tables.map(({ name }) => name);
  const reached = new Map(facts.functions.map(({ name, tables }) => [name, tables]));
  // What stands on a table that leaves is without effect there once it has left.
  const staying = facts.triggers
    .filter(({ table }) => !leaving.includes(table))
    .map(({ name, function: called }) => ({ name, tables: reached.get(called) ?? [] }));
  const plain = facts.functions.filter(({ isTrigger }) => !isTrigger);
  const found = (
    kind: OpenAnswer['kind'],
    answers: Answers,
    all: readonly Pick<OpenAnswer, 'name' | 'tables'>[],
  ) =>
    all.flatMap(({ name, tables }): OpenAnswer[] => {
      const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
      const leave = tables.filter((table) => leaving.includes(table));
      return isOpen(answer) && leave.length > 0 ? [{ kind, name, answer, tables: leave }] : [];
    });
  return [
    ...found('triggers', triggers, staying),
    ...found('views', views, facts.views),
    ...found('functions', functions, plain),
  ];
}

function isOpen(answer: CodeChoice | TriggerChoice | undefined): answer is OpenAnswer['answer'] {
  return answer === 'rewrite' || answer === 'convert' || answer === 'drop';
}
