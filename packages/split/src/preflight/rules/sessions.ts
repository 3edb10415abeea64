import { quoteLiteral } from '@banyan/postgres';
import type { Problem } from '../problem.ts';
import { listed, type Rule } from './rule.ts';

/** Everybody who is connected, because whoever writes past the application is forgotten first. */
export const clientsAreKnown: Rule = ({ source }) =>
  source.sessions.clients.flatMap(({ user, application, connections, mayWrite, listening }): Problem[] => {
    const who = `${user} as ${application === '' ? 'an application without a name' : JSON.stringify(application)}`;
    const times = connections === 1 ? 'once' : `${connections} times`;
    const problems: Problem[] = [
      {
        kind: mayWrite.length > 0 ? 'writer' : 'client',
        severity: 'note',
        object: `${user} ${application}`.trim(),
        message: `${who} is connected ${times} and may ${mayWrite.length > 0 ? `write ${listed(mayWrite)}` : 'write none of the tables'}.`,
        remedy:
          mayWrite.length > 0
            ? 'See that its writes of these tables move with them: at the cut-over they are refused, with a sentence that names the new owner.'
            : 'See that it reads none of the tables, or reads them at the new owner.',
      },
    ];
    if (listening > 0)
      problems.push({
        kind: 'listener',
        severity: 'warning',
        object: `${user} ${application}`.trim(),
        message: `${who} waits for notifications (LISTEN): what the target sends is not heard in the source.`,
        remedy: 'Let it listen at the target, or subscribe to the events of the service.',
      });
    return problems;
  });

/** A slot begins, and a fence closes, only when the transactions before it have ended. */
export const transactionsEnd: Rule = ({ source: { sessions } }) => [
  ...sessions.transactions.map(
    ({ pid, user, application, state, seconds }): Problem => ({
      kind: 'transaction-open',
      severity: 'warning',
      object: `${pid}`,
      message: `A transaction of ${user}${application === '' ? '' : ` (${application})`} is open for ${Math.round(seconds)} s and is ${state}: the copy can't begin before it ends.`,
      remedy: `Wait for it, or end it: select pg_terminate_backend(${pid});`,
    }),
  ),
  ...sessions.prepared.map(
    ({ id, owner, seconds }): Problem => ({
      kind: 'transaction-prepared',
      severity: 'error',
      object: id,
      message: `The transaction ${id} of ${owner} is prepared for ${Math.round(seconds)} s and nobody has decided about it: the copy can't begin before somebody does.`,
      remedy: `Ask its coordinator, then: commit prepared ${quoteLiteral(id)}; or rollback prepared ${quoteLiteral(id)};`,
    }),
  ),
];
