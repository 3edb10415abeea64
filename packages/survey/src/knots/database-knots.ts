import type { Proposal } from '../contexts/proposal.ts';
import type { DatabaseFacts } from '../database/survey-database.ts';
import { compare } from '../graph/tie-collector.ts';
import { type Knot, remedies } from './knot.ts';

/** Knots that only the live database shows, with how often they are pulled. */
export function databaseKnots(
  { catalogue, statements, writes }: DatabaseFacts,
  { contexts }: Proposal,
): Knot[] {
  const ownerOf = new Map(
    contexts.flatMap(({ name, tables }) => tables.map((table) => [table, name] as const)),
  );
  const across = (tables: readonly string[]) =>
    [...new Set(tables.map((table) => ownerOf.get(table)).filter((each) => each !== undefined))].sort(
      compare,
    );
  const knot = (kind: Knot['kind'], says: string, tables: readonly string[], perHour?: number): Knot[] => {
    const among = across(tables);
    if (among.length < 2) return [];
    const whose = `${says} of ${among.join(', ')}${perHour === undefined ? '' : `, ${rate(perHour)}`}`;
    return [
      {
        kind,
        says: whose,
        contexts: among,
        tables,
        modules: [],
        evidence: [],
        remedy: remedies[kind],
        perHour,
      },
    ];
  };
  const hours = Math.max(writes?.seconds ?? 0, 1) / 3_600;
  return [
    ...(writes?.together ?? []).flatMap(({ tables, transactions }) =>
      knot(
        'transaction',
        `${tables.join(', ')} are written in one transaction`,
        tables,
        transactions / hours,
      ),
    ),
    ...statements.flatMap(({ reads, writes: written, callsPerHour, text }) => {
      const tables = [...new Set([...reads, ...written])].sort(compare);
      return knot('join', `"${text.slice(0, 60)}" touches ${tables.join(', ')}`, tables, callsPerHour);
    }),
    ...catalogue.views.flatMap(({ name, tables }) =>
      knot('join', `the view ${name} joins ${tables.join(', ')}`, tables),
    ),
    ...catalogue.triggers.flatMap(({ name, table, function: runs }) => {
      const touched = catalogue.functions.find((each) => each.name === runs)?.tables ?? [];
      const tables = [...new Set([table, ...touched])];
      return knot(
        'trigger',
        `the trigger ${name} on ${table} runs ${runs}, which touches ${touched.join(', ')}`,
        tables,
      );
    }),
  ];
}

/** `1,200 an hour`. */
function rate(perHour: number): string {
  return `${perHour < 10 ? perHour.toFixed(1) : Math.round(perHour).toLocaleString('en-US')} an hour`;
}
