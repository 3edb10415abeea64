import { quoteTable } from '@banyan/postgres';
import type { TableFacts } from '../facts/table-facts.ts';
import type { Problem } from '../problem.ts';
import { movableTables, type Rule } from './rule.ts';

/** What stands at the target under the tables' names. */
export const namesAreFree: Rule = (facts) =>
  movableTables(facts).flatMap((table) => {
    const there = facts.target.tables.find(({ name }) => name === table.name);
    return there === undefined ? [tableMissing(table.name)] : standsThere(planned(facts, table), there);
  });

function tableMissing(name: string): Problem {
  return {
    kind: 'target-table-missing',
    severity: 'error',
    object: name,
    message: `The target has no table ${name}.`,
    remedy: `Make it there first, for example: pg_dump --schema-only --table=${quoteTable(name)} SOURCE | psql TARGET`,
  };
}

/** The table with the columns that move. */
function planned({ plan }: Parameters<Rule>[0], table: TableFacts): TableFacts {
  const moved = plan.tables.find(({ name }) => name === table.name)?.columns;
  if (moved === undefined) return table;
  return { ...table, columns: table.columns.filter(({ name }) => moved.includes(name)) };
}

function standsThere(table: TableFacts, there: TableFacts): readonly Problem[] {
  const { name } = table;
  if (there.kind !== 'r' && there.kind !== 'p')
    return [
      {
        kind: 'name-taken',
        severity: 'error',
        object: name,
        message: `The name ${name} is taken at the target by something that is no table.`,
        remedy: 'Give that another name, or drop it.',
      },
    ];
  const differences = shapeDifferences(table, there);
  const problems: Problem[] = [];
  if (there.hasRows)
    problems.push({
      kind: 'target-has-rows',
      severity: 'error',
      object: name,
      message: `${name} has rows at the target already: copied rows would meet them.`,
      remedy: `Look whose they are, then run at the target: truncate ${quoteTable(name)};`,
    });
  if (differences.length > 0)
    problems.push({
      kind: 'shapes-differ',
      severity: 'error',
      object: name,
      message: `${name} has another shape at the target: ${differences.join('; ')}.`,
      remedy: 'Make the columns the same; one that is only at the target needs a default or may be null.',
    });
  return problems;
}

/** Only what keeps a row from being taken over is a difference. */
function shapeDifferences(table: TableFacts, there: TableFacts): string[] {
  const of = ({ columns }: TableFacts, name: string) => columns.find((column) => column.name === name);
  const missing = table.columns.filter(({ name, generated }) => generated === 'no' && !of(there, name));
  const other = table.columns.filter(({ name, type }) => (of(there, name)?.type ?? type) !== type);
  const demanding = there.columns.filter(
    (column) =>
      !of(table, column.name) &&
      column.notNull &&
      column.default === null &&
      !column.isIdentity &&
      column.generated === 'no',
  );
  const computed = there.columns.filter(
    ({ name, generated }) => generated !== 'no' && of(table, name)?.generated === 'no',
  );
  return [
    ...missing.map(({ name }) => `${name} is missing`),
    ...other.map(({ name, type }) => `${name} is ${of(there, name)!.type} instead of ${type}`),
    ...computed.map(({ name }) => `${name} is generated there and plain here`),
    ...demanding.map(({ name }) => `${name} is only there and must not be null`),
  ];
}
