import { quoteLiteral } from '@banyan/postgres';
import { quotedSchema } from '../plan/names.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';

/** The table through which one side tells the other where it is: one row for each direction. */
export function signalTable(plan: Pick<SplitPlan, 'name'>): string {
  return `${quotedSchema(plan)}.signal`;
}

/** Sends a token through the feed into a side; run where that feed begins. */
export function sendSignalSql(plan: SplitPlan, into: SideName, token: string): string {
  return (
    `update ${signalTable(plan)} set token = ${quoteLiteral(token)}, at = clock_timestamp() ` +
    `where into_side = ${quoteLiteral(into)}`
  );
}
