import { type Statement, statements } from '../plan/action.ts';
import { quotedSchema } from '../plan/names.ts';
import type { SplitPlan } from '../plan/split-plan.ts';

/** Rows of the copy that have not become events yet. */
export function waitingRows(plan: Pick<SplitPlan, 'name'>): string {
  return `${quotedSchema(plan)}.waiting_rows`;
}

/** The streams that the split has appended to, and how many events. */
export function filledStreams(plan: Pick<SplitPlan, 'name'>): string {
  return `${quotedSchema(plan)}.filled_streams`;
}

/** Makes what events need beside the log of the service. May be repeated. */
export function prepareEvents(plan: SplitPlan): Statement[] {
  if (plan.reshaped?.events !== true) return [];
  return statements(
    'target',
    `create table if not exists ${waitingRows(plan)} (n bigint generated always as identity primary key, source text not null, row jsonb not null)`,
    `create table if not exists ${filledStreams(plan)} (stream text collate "C" primary key, events bigint not null)`,
  );
}
