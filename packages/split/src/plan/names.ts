import { quoteIdentifier } from '@banyan/postgres';
import type { SideName, SplitPlan } from './split-plan.ts';

/** The schema that holds what a split needs for itself, on both sides. */
export function schemaName({ name }: Pick<SplitPlan, 'name'>): string {
  return `banyan_split_${name}`;
}

/** The schema as SQL text. */
export function quotedSchema(plan: Pick<SplitPlan, 'name'>): string {
  return quoteIdentifier(schemaName(plan));
}

/** What the publication, the slot and the subscription of the feed into a side are called, each where it lives. */
export function feedName({ name }: Pick<SplitPlan, 'name'>, into: SideName): string {
  return `banyan_split_${name}_to_${into}`;
}
