import type { Facts } from '../../facts/facts.ts';
import type { SeamTrigger } from '../../facts/seam-facts.ts';
import type { Problem } from '../../problem.ts';
import { listed, type Rule, thoseThatStay } from '../rule.ts';
import { answerOf, answerWith, leaves } from './crossing.ts';

/** A trigger stops without a word when its table leaves, or when what it writes has left. */
export const triggersAreAnswered: Rule = (facts) =>
  facts.source.seam.triggers.flatMap((trigger): Problem[] => {
    const answer = answerOf(facts, 'triggers', trigger.name);
    if (answer === undefined) return [unanswered(facts, trigger)];
    return answer === 'carry' ? carried(facts, trigger) : [];
  });

function unanswered(facts: Facts, { name, table, function: code }: SeamTrigger): Problem {
  const reached = facts.source.seam.functions.find((each) => each.name === code)?.tables ?? [];
  const stays = thoseThatStay(facts, reached).filter((each) => each !== table);
  const gone = reached.filter((each) => leaves(facts, each));
  const remedy = answerWith('triggers', name, [
    ...(leaves(facts, table) ? [["'carry'", 'it is made at the target too'] as const] : []),
    ["'convert'", 'the service does it in its code, or by an event'],
    ["'drop'", 'nobody needs it any more'],
  ]);
  const problem = { severity: 'error', object: name, remedy } as const;
  if (!leaves(facts, table))
    return {
      ...problem,
      kind: 'trigger-reaches-across',
      message: `The trigger ${name} of a table that stays reaches ${listed(gone)} by ${code}, which ${gone.length === 1 ? 'leaves' : 'leave'}: it would fail or write rows that are no longer the true ones.`,
    };
  return {
    ...problem,
    kind: stays.length > 0 ? 'trigger-reaches-across' : 'trigger',
    message: `The trigger ${name} stops without a word when ${table} leaves${stays.length > 0 ? `; by ${code} it reaches ${listed(stays)}, which ${stays.length === 1 ? 'stays' : 'stay'}` : ''}.`,
  };
}

/** What is said to be carried must have arrived. */
function carried(facts: Facts, { name, table }: SeamTrigger): Problem[] {
  const plain = name.slice(table.length + 1);
  const there = facts.target.tables.find((each) => each.name === table);
  if (there === undefined || there.triggers.some((each) => each.name === plain)) return [];
  const here = facts.source.tables.find((each) => each.name === table);
  const definition = here?.triggers.find((each) => each.name === plain)?.definition ?? 'create trigger ...';
  return [
    {
      kind: 'trigger-not-carried',
      severity: 'error',
      object: name,
      message: `The trigger ${name} is to be carried along and is not at the target.`,
      remedy: `Make its function at the target, then: ${definition};`,
    },
  ];
}

/** What is sent in one database is heard in that one only. */
export const notificationsAreHeard: Rule = (facts) =>
  facts.source.seam.functions
    .filter(({ notifies }) => notifies)
    .map(
      ({ name }): Problem => ({
        kind: 'notify',
        severity: 'warning',
        object: name,
        message: `The function ${name} sends notifications: those that it sends at the target are not heard in the source.`,
        remedy: 'Let the listeners connect to the target also, or subscribe to the events of the service.',
      }),
    );
