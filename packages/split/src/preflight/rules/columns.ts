import { quoteIdentifier, quoteLiteral, quoteTable } from '@banyan/postgres';
import type { ColumnFacts } from '../facts/table-facts.ts';
import type { Problem } from '../problem.ts';
import { listed, movableTables, type Rule, thoseThatStay } from './rule.ts';

/** Computed values are not in the log: the target computes them itself. */
export const generatedColumns: Rule = (facts) =>
  movableTables(facts).flatMap(({ name, columns }) =>
    columns
      .filter(({ generated }) => generated !== 'no')
      .flatMap((column): Problem[] => {
        const there = facts.target.tables.find((table) => table.name === name);
        const same = there?.columns.find((each) => each.name === column.name);
        if (there === undefined || same?.generated !== 'no') return [];
        return [
          {
            kind: 'generated-column',
            severity: 'error',
            object: `${name}.${column.name}`,
            message: `${name}.${column.name} is generated as ${column.default} and a plain column at the target: it would stay empty, because the log does not have it.`,
            remedy: `At the target, make it the same: ${quoteIdentifier(column.name)} ${column.type} generated always as ${column.default} ${column.generated}.`,
          },
        ];
      }),
  );

/** What an oid points at is in no table that is copied. */
export const largeObjects: Rule = (facts) =>
  movableTables(facts).flatMap(({ name, columns }) =>
    columns
      .filter(({ holdsLargeObject }) => holdsLargeObject)
      .map((column): Problem => {
        const isError = facts.source.server.largeObjects;
        return {
          kind: 'large-object',
          severity: isError ? 'error' : 'warning',
          object: `${name}.${column.name}`,
          message: isError
            ? `${name}.${column.name} is an ${column.type} and the database has large objects: only their numbers would travel, their contents are not in the log.`
            : `${name}.${column.name} is an ${column.type}: should it ever hold the number of a large object, the contents would not travel.`,
          remedy: `Keep the contents in the row: add a column of type bytea and fill it with lo_get(${quoteIdentifier(column.name)}).`,
        };
      }),
  );

/** Numbers that were drawn are not in the log; two sides that draw the same ones collide. */
export const sequences: Rule = (facts) =>
  movableTables(facts).flatMap(({ name, columns }) =>
    columns.flatMap((column): Problem[] => {
      const { sequence } = column;
      if (sequence === null) return [];
      const staying = thoseThatStay(facts, sequence.alsoUsedBy);
      if (staying.length > 0)
        return [
          {
            kind: 'sequence-shared',
            severity: 'error',
            object: sequence.name,
            message: `${name}.${column.name} takes its numbers from ${sequence.name}, and so does ${listed(staying)}, which stays: after the split both sides would draw the same numbers.`,
            remedy: `Give ${name} a sequence of its own: ${ownSequence(name, column.name)}`,
          },
        ];
      return sequence.isOwned || column.isIdentity ? [] : [notOwned(name, column, sequence.name)];
    }),
  );

function ownSequence(table: string, column: string): string {
  const [named, on] = [
    quoteTable(`${table}_${column}_own`),
    `${quoteTable(table)}.${quoteIdentifier(column)}`,
  ];
  return (
    `create sequence ${named} owned by ${on}; select setval(${quoteLiteral(named)}, max(${quoteIdentifier(column)})) from ` +
    `${quoteTable(table)}; alter table ${quoteTable(table)} alter ${quoteIdentifier(column)} set default nextval(${quoteLiteral(named)});`
  );
}

function notOwned(table: string, column: ColumnFacts, sequence: string): Problem {
  return {
    kind: 'sequence-not-owned',
    severity: 'warning',
    object: sequence,
    message: `${table}.${column.name} takes its numbers from ${sequence}, which belongs to no column: it is not seen to belong to the table.`,
    remedy: `Run: alter sequence ${quoteTable(sequence)} owned by ${quoteTable(table)}.${quoteIdentifier(column.name)};`,
  };
}

/** A value that stands apart from its row is in the log only where it was changed. */
export const longValues: Rule = (facts) =>
  movableTables(facts)
    .filter(({ longBytes }) => longBytes > 1e6)
    .map(
      ({ name, longBytes }): Problem => ({
        kind: 'long-values',
        severity: 'note',
        object: name,
        message: `${name} keeps ${Math.round(longBytes / 1e6)} MB of long values apart from its rows (TOAST); the log has such a value only when it was changed.`,
        remedy:
          'Nothing to do where the shapes are equal; a translator that makes something else of such a value needs replica identity full.',
      }),
    );
