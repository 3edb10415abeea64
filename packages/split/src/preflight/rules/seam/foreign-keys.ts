import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type { ForeignKeyFacts } from '../../facts/seam-facts.ts';
import type { Problem } from '../../problem.ts';
import type { Rule } from '../rule.ts';
import { answerOf, answerWith, leaves } from './crossing.ts';
import { isKeptAsCopy, isShared } from './shared-tables.ts';

const cascades: Readonly<Record<string, string>> = {
  c: 'deletes these rows with it',
  n: 'sets the columns to null',
  d: 'sets the columns to their defaults',
};

/** A foreign key can't reach into another database. */
export const foreignKeysAreAnswered: Rule = (facts) =>
  facts.source.seam.foreignKeys.flatMap((key): Problem[] => {
    const answer = answerOf(facts, 'foreignKeys', key.name);
    const column = typeof answer === 'object' && answer.orphans === 'mark' ? answer.column : undefined;
    if (column !== undefined) return markColumn(facts, key, column);
    const isCopied = leaves(facts, key.from) && isKeptAsCopy(facts, key.to);
    if (answer !== undefined || isCopied || (leaves(facts, key.from) && isShared(facts, key.to))) return [];
    const cascade = cascades[key.onDelete];
    return [
      {
        kind: 'foreign-key',
        severity: 'error',
        object: key.name,
        message: `${key.from} refers to ${key.to} by (${key.columns.join(', ')})${cascade === undefined ? '' : `, and a deleted row of ${key.to} ${cascade}`}: no server checks that across two databases.`,
        remedy: answerWith('foreignKeys', key.name, [
          ["'api'", 'the other side is asked before a row is written'],
          ["{ orphans: 'allow' }", 'rows without a parent are counted by `banyan split check`'],
          ["{ orphans: 'mark', column }", 'they get the time in that column'],
          ["{ orphans: 'clean-up' }", 'they are deleted'],
        ]),
      },
    ];
  });

/** The column that marks an orphan must be there, on the side of the child. */
function markColumn(facts: Parameters<Rule>[0], key: ForeignKeyFacts, column: string): Problem[] {
  const child = facts.source.tables.find(({ name }) => name === key.from);
  // Of a table that stays no columns are read.
  if (child === undefined || child.columns.some(({ name }) => name === column)) return [];
  return [
    {
      kind: 'mark-column-missing',
      severity: 'error',
      object: key.name,
      message: `Rows of ${key.from} without a parent are to be marked in ${column}, which it does not have.`,
      remedy: `Run on both sides: alter table ${quoteTable(key.from)} add column ${quoteIdentifier(column)} timestamptz;`,
    },
  ];
}
