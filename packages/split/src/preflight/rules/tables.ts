import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type { Problem } from '../problem.ts';
import { listed, movableTables, type Rule, thoseThatStay } from './rule.ts';

/** A part of a table leaves only with the other parts. */
export const partitionsAndChildren: Rule = (facts) => {
  return facts.source.tables.flatMap((table): Problem[] => {
    const problems: Problem[] = [];
    const staying = thoseThatStay(facts, table.children);
    if (table.kind === 'p')
      problems.push({
        kind: 'partitions',
        severity: 'error',
        object: table.name,
        message: `${table.name} has its rows in its partitions; the log names those.`,
        remedy: `Name them instead: ${table.children.join(', ') || 'it has none yet'}.`,
      });
    if (table.kind === 'r' && staying.length > 0)
      problems.push({
        kind: 'inherited',
        severity: 'error',
        object: table.name,
        message: `A read of ${table.name} reads ${listed(staying)} also, which inherits from it and stays.`,
        remedy: `Name the tables together, or part them: alter table ${quoteTable(staying[0]!)} no inherit ${quoteTable(table.name)};`,
      });
    if (table.parent !== null && table.isPartition)
      problems.push({
        kind: 'partition',
        severity: 'warning',
        object: table.name,
        message: `${table.name} is a partition of ${table.parent}: new partitions, and rows for none of those that leave, stay with the monolith.`,
        remedy: `See that every partition of ${table.parent} is named, and that none is made while the split runs.`,
      });
    return problems;
  });
};

/** A child's rows are its parent's too. */
export const childrenLeaveNoParent: Rule = (facts) =>
  facts.source.tables.flatMap(({ name, parent, isPartition }): Problem[] => {
    if (parent === null || isPartition || thoseThatStay(facts, [parent]).length === 0) return [];
    return [
      {
        kind: 'inherits',
        severity: 'error',
        object: name,
        message: `${name} inherits from ${parent}, which stays: a read of ${parent} would lose these rows.`,
        remedy: `Part them: alter table ${quoteTable(name)} no inherit ${quoteTable(parent)};`,
      },
    ];
  });

/** A rule of the server's makes another statement of a statement. */
export const rewriteRules: Rule = (facts) =>
  movableTables(facts)
    .filter((table) => table.rewriteRules.length > 0)
    .map(
      ({ name, rewriteRules }): Problem => ({
        kind: 'rewrite-rule',
        severity: 'error',
        object: name,
        message: `Statements on ${name} are rewritten by the rule ${listed(rewriteRules)}: the target would not do the same, and a fence could be passed.`,
        remedy: `Make a trigger or plain code of it, then: drop rule ${quoteIdentifier(rewriteRules[0]!)} on ${quoteTable(name)};`,
      }),
    );

/** Somebody else follows the table already. */
export const publishedElsewhere: Rule = (facts) =>
  movableTables(facts)
    .map((table) => ({ ...table, others: table.publications.filter((name) => !name.startsWith('banyan_')) }))
    .filter(({ others }) => others.length > 0)
    .map(
      ({ name, others }): Problem => ({
        kind: 'published',
        severity: 'warning',
        object: name,
        message: `${name} is in the publication ${listed(others)}: whoever follows it will see no more changes after the cut-over.`,
        remedy: 'Let its readers follow the target from then on, or the events of the service.',
      }),
    );

/** Triggers on statements that change the schema may refuse ours. */
export const eventTriggers: Rule = ({ source, target }) =>
  [source.server, target.server].flatMap(({ database, eventTriggers }) =>
    eventTriggers.map(
      (name): Problem => ({
        kind: 'event-trigger',
        severity: 'warning',
        object: name,
        message: `The event trigger ${name} of ${database} hears of every change of the schema, ours among them.`,
        remedy:
          'See that it lets publications, triggers and grants pass, or disable it while the split runs.',
      }),
    ),
  );
