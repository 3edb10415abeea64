import { quoteTable } from '@banyan/postgres';
import { comesBack } from '../../plan/split-plan.ts';
import type { TableFacts } from '../facts/table-facts.ts';
import type { Problem } from '../problem.ts';
import { listed, movableTables, type Rule } from './rule.ts';

/** A row must have one name on both sides: in the log of the one, and as the key by which the other finds it. */
export const rowsHaveOneName: Rule = (facts) =>
  movableTables(facts).flatMap((table): Problem[] => {
    const told = facts.source.feed.some(({ table: name }) => name === table.name);
    if (table.identity.length === 0) return told ? [] : [wholeRow(table)];
    const moved = facts.plan.tables.find(({ name }) => name === table.name)?.columns;
    const left = table.identity.filter((column) => moved !== undefined && !moved.includes(column));
    if (left.length > 0)
      return [
        {
          kind: 'key-left-out',
          severity: 'error',
          object: table.name,
          message: `The columns of ${table.name} that move leave out ${listed(left)}, by which its rows are named; publishing it so would make its own UPDATE and DELETE fail.`,
          remedy: `Add ${listed(left)} to its columns in the configuration.`,
        },
      ];
    if (facts.plan.reshaped !== undefined) return [];
    const there = facts.target.tables.find(({ name }) => name === table.name);
    const key = [...table.identity].sort().join();
    if (there?.kind !== 'r' || there.keys.some((columns) => [...columns].sort().join() === key)) return [];
    return [
      {
        kind: 'target-without-key',
        severity: 'error',
        object: table.name,
        message: `${table.name} of the target has no key over ${listed(table.identity)}: a change would not find its row${comesBack(facts.plan) ? ", and on the way back the service's own UPDATE and DELETE would fail" : ''}.`,
        remedy: `Run at the target: alter table ${quoteTable(table.name)} add primary key (${table.identity.join(', ')});`,
      },
    ];
  });

/** The server publishes a change by what it knows of the old row, which is its key. */
export const filtersAreOverKeys: Rule = ({ source }) =>
  source.filters.map(
    ({ table, where, why }): Problem => ({
      kind: 'filter-not-in-key',
      severity: 'error',
      object: table,
      message: `The condition for the rows of ${table} that move (${where}) can't be asked of its key alone: ${why}. Publishing it so would make the table's own UPDATE and DELETE fail.`,
      remedy:
        'Let it use columns of the primary key only, or add the column to the key; otherwise move the whole table.',
    }),
  );

function wholeRow({ name }: TableFacts): Problem {
  return {
    kind: 'identity-whole-row',
    severity: 'error',
    object: name,
    message: `${name} names a row in its log by the whole row: the other side would look through the whole table for each change, and can't tell equal rows apart.`,
    remedy: `Give it a primary key, and run: alter table ${quoteTable(name)} replica identity default;`,
  };
}
