import { type ChangeFeedConfig, postgresCheckpointStore, prepareDatabase } from '@banyan/postgres';
import type { CheckpointStore } from '@banyan/runtime';
import type pg from 'pg';
import { schemaName } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import { runStatements } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { prepareEvents } from './event-tables.ts';

/** The signal's table by its name as it stands in the log. */
export function signalName(plan: Pick<SplitPlan, 'name'>): string {
  return `${schemaName(plan)}.signal`;
}

/** What the subscription of the translated feed into a side is called; slot and publication have it behind `banyan_`. */
export function translatedName({ name }: Pick<SplitPlan, 'name'>, into: SideName): string {
  return `split_${name}_to_${into}`;
}

/** The change feed into a side: the other side's tables, and the signal. */
export function translatedFeed(sides: Sides, plan: SplitPlan, into: SideName): ChangeFeedConfig {
  const from = otherSide(into);
  return {
    url: sides[from].url,
    name: translatedName(plan, into),
    tables: [...tablesAt(plan, from).map(({ name }) => name), signalName(plan)],
  };
}

/** Where it is kept how far the feed into a side has got: beside the rows that it makes, in the schema of the split. */
export function translatedCheckpoints(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
): CheckpointStore<pg.PoolClient> {
  return postgresCheckpointStore(sides[into].pool, { schema: schemaName(plan) });
}

/** The sides that a translated feed leads into. */
export function translatedSides({ reshaped }: SplitPlan): readonly SideName[] {
  return reshaped?.back === true ? ['target', 'source'] : ['target'];
}

/** Lets the feed into the target begin, with a copy of the tables as they are. */
export async function startTranslated(sides: Sides, plan: SplitPlan): Promise<void> {
  await translatedCheckpoints(sides, plan, 'target').control(translatedName(plan, 'target'), {
    desired: 'running',
  });
}

/** Makes the tables of checkpoints in the schema of the split, which goes with it. May be repeated. */
export async function prepareTranslated(sides: Sides, plan: SplitPlan): Promise<void> {
  await runStatements(sides, prepareEvents(plan));
  for (const into of translatedSides(plan)) {
    await prepareDatabase(sides[into].pool, { schema: schemaName(plan) });
    await translatedCheckpoints(sides, plan, into).load(translatedName(plan, into), 'stopped');
  }
}
