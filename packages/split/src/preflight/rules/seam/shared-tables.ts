import type { Facts } from '../../facts/facts.ts';
import type { Problem } from '../../problem.ts';
import type { Rule } from '../rule.ts';
import { listed } from '../rule.ts';
import { answerOf, answerWith, leaves } from './crossing.ts';

/** So many rows at most, and one in ten of them changed: what is meant is a list of countries, not of customers. */
const mostRows = 10_000;
const mostChanged = 0.1;

/** Whether the plan keeps a copy of the table at the target. */
export function isKeptAsCopy(facts: Facts, table: string): boolean {
  return answerOf(facts, 'sharedTables', table) === 'feed';
}

/** Whether a table that stays is a static one, which both sides refer to, and nothing was said of it yet. */
export function isShared(facts: Facts, table: string): boolean {
  const known = facts.source.seam.tables.find(({ name }) => name === table);
  if (known === undefined || leaves(facts, table)) return false;
  const isStatic = known.rows > 0 && known.rows <= mostRows && known.changed <= known.rows * mostChanged;
  const both =
    known.referencedBy.some((by) => leaves(facts, by)) && known.referencedBy.some((by) => !leaves(facts, by));
  return isStatic && both && answerOf(facts, 'sharedTables', table) === undefined;
}

/** Small tables that hardly change and that both sides refer to. */
export const sharedTablesAreAnswered: Rule = (facts) =>
  facts.source.seam.tables
    .filter(({ name }) => isShared(facts, name))
    .map(
      ({ name, rows, referencedBy }): Problem => ({
        kind: 'shared-table',
        severity: 'error',
        object: name,
        message: `${name} (${Math.round(rows)} rows, hardly ever changed) is referred to from both sides: by what leaves (${listed(referencedBy.filter((by) => leaves(facts, by)))}) and by what stays (${listed(referencedBy.filter((by) => !leaves(facts, by)))}).`,
        remedy: answerWith('sharedTables', name, [
          ["'feed'", "the target has a copy, kept by a split with keep: 'copy'"],
          ["'code'", 'its rows become code of the service'],
          ["'leave'", 'the other side is asked for it; its foreign keys then need answers of their own'],
        ]),
      }),
    );
