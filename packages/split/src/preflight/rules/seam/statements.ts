import type { Facts } from '../../facts/facts.ts';
import type { ObservedStatement, ObservedTransactions } from '../../facts/observed.ts';
import { plainName } from '../../facts/read-seam.ts';
import type { Problem } from '../../problem.ts';
import { listed, type Rule, thoseThatStay } from '../rule.ts';
import { answerOf, answerWith, leaves } from './crossing.ts';
import { isKeptAsCopy } from './shared-tables.ts';

/** The tables of these plain names: those that leave, and those that stay. */
function sides(facts: Facts, names: readonly string[]): { leave: string[]; stay: string[] } {
  const known = facts.source.seam.tables
    .map(({ name }) => name)
    .filter((name) => names.includes(plainName(name)));
  const stay = thoseThatStay(facts, known);
  return { leave: known.filter((name) => leaves(facts, name)), stay: [...stay] };
}

function countedStatements({ observed }: Facts): readonly ObservedStatement[] {
  return Array.isArray(observed.statements) ? observed.statements : [];
}

interface Join {
  readonly with: Set<string>;
  perHour: number;
  busiest: ObservedStatement;
}

/** Statements that read or write both sides at once. */
export const joinsAreAnswered: Rule = (facts) => {
  const joins = new Map<string, Join>();
  for (const statement of countedStatements(facts)) {
    const { leave, stay } = sides(facts, [...statement.reads, ...statement.writes]);
    if (leave.length === 0) continue;
    for (const table of stay) {
      const join = joins.get(table) ?? { with: new Set(), perHour: 0, busiest: statement };
      for (const each of leave) join.with.add(each);
      join.perHour += statement.callsPerHour;
      if (statement.callsPerHour > join.busiest.callsPerHour) join.busiest = statement;
      joins.set(table, join);
    }
  }
  return [...joins]
    .filter(([table]) => answerOf(facts, 'joins', table) === undefined && !isKeptAsCopy(facts, table))
    .map(
      ([table, join]): Problem => ({
        kind: 'join',
        severity: 'error',
        object: table,
        message: `${table}, which stays, is joined with ${listed([...join.with])} ${perHour(join.perHour)}, most often by: ${shortened(join.busiest.text)}`,
        remedy: answerWith('joins', table, [
          ["'api'", 'one side asks the other and puts the rows together'],
          ["'read-model'", "the service has a copy of what it needs, kept by a split with keep: 'copy'"],
          ["'bridge'", 'a foreign table; slow where many rows are joined'],
        ]),
      }),
    );
};

/** Where the statements were not counted, nobody knows which joins cross. */
export const statementsAreCounted: Rule = ({ observed }) => {
  const { statements } = observed;
  if (Array.isArray(statements)) return [];
  const told = (statements ?? {}) as { missing?: string; remedy?: string };
  return [
    {
      kind: 'joins-unknown',
      severity: 'warning',
      object: 'pg_stat_statements',
      message: `Which statements join both sides is not known: ${told.missing ?? 'nobody has looked'}.`,
      remedy: told.remedy ?? 'Run banyan split plan, which reads pg_stat_statements.',
    },
  ];
};

/** Transactions that write on both sides; two databases commit apart. */
export const transactionsAreAnswered: Rule = (facts) => {
  const { transactions } = facts.observed;
  if (transactions === undefined || 'missing' in transactions)
    return [
      {
        kind: 'transactions-unknown',
        severity: 'warning',
        object: facts.source.server.database,
        message: `Which transactions write on both sides is not known: ${transactions?.missing ?? 'the log was not watched'}.`,
        remedy:
          transactions?.remedy ??
          `Watch it while the monolith works: banyan split plan ${facts.plan.name} --watch 5m`,
      },
    ];
  return crossingTransactions(facts, transactions);
};

function crossingTransactions(facts: Facts, { together, seconds }: ObservedTransactions): Problem[] {
  const found = new Map<string, { with: Set<string>; times: number }>();
  for (const { tables, transactions: times } of together) {
    const { leave, stay } = sides(facts, tables);
    if (leave.length === 0) continue;
    for (const table of stay) {
      const one = found.get(table) ?? { with: new Set(), times: 0 };
      for (const each of leave) one.with.add(each);
      found.set(table, { with: one.with, times: one.times + times });
    }
  }
  return [...found]
    .filter(([table]) => answerOf(facts, 'transactions', table) === undefined)
    .map(
      ([table, { with: others, times }]): Problem => ({
        kind: 'transaction',
        severity: 'error',
        object: table,
        message: `${times} transactions in ${Math.round(seconds)} s wrote ${table}, which stays, together with ${listed([...others])}: two databases commit one after the other.`,
        remedy: answerWith('transactions', table, [
          [
            "'saga'",
            'an outbox on the side that commits first, and a saga that undoes: docs/crossing-transactions.md',
          ],
          [
            '{ saga: { open } }',
            "the same, and 'banyan split status' counts the rows for which this condition is true",
          ],
          ["'apart'", 'either half may be there without the other'],
        ]),
      }),
    );
}

/** What status is to count can be counted. */
export const sagasCanBeWatched: Rule = ({ source }) =>
  source.sagas.map(
    ({ table, open, why }): Problem => ({
      kind: 'saga-not-countable',
      severity: 'error',
      object: table,
      message: `The rows of ${table} whose saga is open (${open}) can't be counted: ${why}.`,
      remedy: `Correct the condition, which is asked of this table alone: seam: { transactions: { '${table}': { saga: { open: ... } } } }`,
    }),
  );

/** Parts of a row that nobody writes together may belong to two contexts. */
export const writersAreAnswered: Rule = (facts) =>
  facts.plan.tables.flatMap(({ name }): Problem[] => {
    if (answerOf(facts, 'writers', name) !== undefined) return [];
    const groups = columnGroups(
      countedStatements(facts).flatMap(({ sets }) =>
        sets.filter(({ table }) => table === plainName(name)).map(({ columns }) => columns),
      ),
    );
    if (groups.length < 2) return [];
    return [
      {
        kind: 'written-in-parts',
        severity: 'warning',
        object: name,
        message: `${name} is written in parts that no statement writes together: ${groups.map((group) => `(${listed(group, 4)})`).join(' and ')}. Two contexts may share it.`,
        remedy: answerWith('writers', name, [
          ["'one'", 'they belong together, and leave together'],
          ["'columns'", 'it is made two tables first, with banyan split part'],
        ]),
      },
    ];
  });

/** Joins sets of columns that have one in common. */
function columnGroups(sets: readonly (readonly string[])[]): string[][] {
  let groups: Set<string>[] = [];
  for (const columns of sets) {
    if (columns.length === 0) continue;
    const [touched, apart] = [
      groups.filter((group) => columns.some((column) => group.has(column))),
      groups.filter((group) => !columns.some((column) => group.has(column))),
    ];
    groups = [...apart, new Set([...touched.flatMap((group) => [...group]), ...columns])];
  }
  return groups.map((group) => [...group].sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

function perHour(calls: number): string {
  return calls >= 1 ? `${Math.round(calls)} times an hour` : 'less than once an hour';
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}
