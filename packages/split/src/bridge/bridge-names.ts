import { quoteIdentifier, quoteTable } from '@banyan/postgres';
import type { SplitPlan, SplitTable } from '../plan/split-plan.ts';

/** The schema, on both sides, and the foreign server that a bridge consists of. It outlives the schema of the split itself. */
export function bridgeName({ name }: Pick<SplitPlan, 'name'>): string {
  return `banyan_bridge_${name}`;
}

/** The same as SQL text. */
export function quotedBridge(plan: Pick<SplitPlan, 'name'>): string {
  return quoteIdentifier(bridgeName(plan));
}

/** The foreign table that reaches a table of the new owner, as SQL text. */
export function foreignTable(plan: SplitPlan, { name }: Pick<SplitTable, 'name'>): string {
  return quoteTable(`${bridgeName(plan)}.${name.slice(name.indexOf('.') + 1)}`);
}

/** What gives the next number of a column's sequence at the new owner: a view there, a foreign table and a function here. */
export function numberName(plan: SplitPlan, place: number): string {
  return `${quotedBridge(plan)}.next_${place}`;
}

/** Where it is kept how often each statement had been run before the bridge stood, as SQL text. */
export function countsBefore(plan: SplitPlan): string {
  return `${quotedBridge(plan)}.counts_before`;
}
