import type { Facts } from '../facts/facts.ts';
import type { TableFacts } from '../facts/table-facts.ts';
import type { Problem } from '../problem.ts';

/** Judges the facts; pure, so that the same facts have the same problems. */
export type Rule = (facts: Facts) => readonly Problem[];

/** The source's tables that a split can move: what is no plain table is told of by another rule. */
export function movableTables({ source }: Facts): readonly TableFacts[] {
  return source.tables.filter(({ kind }) => kind === 'r');
}

/** Those of these tables that the plan does not name. */
export function thoseThatStay({ plan }: Facts, tables: readonly string[]): readonly string[] {
  const leaving = new Set(plan.tables.map(({ name }) => name));
  return tables.filter((table) => !leaving.has(table));
}

/** Several names as one text. */
export function listed(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(', ');
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}
