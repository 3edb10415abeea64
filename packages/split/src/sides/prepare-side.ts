import { quoteLiteral } from '@banyan/postgres';
import { type Statement, statements } from '../plan/action.ts';
import { quotedSchema } from '../plan/names.ts';
import type { SplitPlan } from '../plan/split-plan.ts';
import { signalTable } from '../signal/signal.ts';

/** By what a split knows its own schema again. */
export function schemaNote({ name, id }: Pick<SplitPlan, 'name' | 'id'>): string {
  return `banyan split ${name}${id === undefined ? '' : ` ${id}`}`;
}

/** Makes what both sides need: a schema of the split's own, its signal table, and the counter of refused writes. May be repeated. */
export function prepareSides(plan: SplitPlan): Statement[] {
  const schema = quotedSchema(plan);
  const own = [
    // One transaction, so that nobody finds it without the note.
    `create schema if not exists ${schema}; comment on schema ${schema} is ${quoteLiteral(schemaNote(plan))}`,
    `create table if not exists ${signalTable(plan)} (into_side text primary key, token text not null, at timestamptz not null)`,
    `create sequence if not exists ${schema}.refusals`,
  ];
  const rows = (...sides: string[]) =>
    `insert into ${signalTable(plan)} values ${sides.map((side) => `('${side}', '', now())`).join(', ')} on conflict do nothing`;
  return [
    ...statements('source', ...own, rows('target', 'source')),
    // The other row arrives with the copy; were it there already, the copy would fail.
    ...statements('target', ...own, rows('source')),
  ];
}

/** Removes it again. May be repeated. */
export function forgetSides(plan: SplitPlan): Statement[] {
  const sql = `drop schema if exists ${quotedSchema(plan)} cascade`;
  return [...statements('source', sql), ...statements('target', sql)];
}
