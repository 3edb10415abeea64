import type pg from 'pg';
import { quotedSchema } from '../plan/names.ts';
import { otherSide, type SideName, type SplitPlan, tablesAt } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';
import { waitingRows } from './event-tables.ts';
import { translatedName } from './translated-feed.ts';

/** What the reading side's checkpoint says of a translated feed. */
export interface TranslatedState {
  /** Whether it is to run. */
  readonly subscription: boolean;
  /** Tables that rows come from, the signal among them. */
  readonly tables: number;
  readonly ready: number;
  readonly errors: number;
  /** What keeps it from going on. */
  readonly error?: string;
}

interface Row {
  readonly position: string;
  readonly desired: string;
  readonly error: string | null;
}

/** Looks at how far a translated feed has got; where nothing is prepared yet it is one that does not run. */
export async function translatedState(
  sides: Sides,
  plan: SplitPlan,
  into: SideName,
): Promise<TranslatedState> {
  const { pool } = sides[into];
  const table = `${quotedSchema(plan)}.subscriptions`;
  const [there] = await ask<{ yes: boolean }>(pool, 'select to_regclass($1) is not null as yes', [table]);
  const rows =
    there?.yes === true
      ? await ask<Row>(pool, `select position::text, desired, error from ${table} where name = $1`, [
          translatedName(plan, into),
        ])
      : [];
  const [found] = rows;
  const tables = tablesAt(plan, otherSide(into)).length + 1;
  const isBegun = found !== undefined && found.position !== '0';
  const isCopied = isBegun && !(into === 'target' && (await hasWaitingRows(pool, plan)));
  return {
    subscription: found?.desired === 'running',
    tables,
    ready: isCopied ? tables : 0,
    errors: found?.error == null ? 0 : 1,
    ...(found?.error == null ? {} : { error: found.error }),
  };
}

/** Rows of a copy of which the events are still to be appended. */
async function hasWaitingRows(pool: pg.Pool, plan: SplitPlan): Promise<boolean> {
  if (plan.reshaped?.events !== true) return false;
  return (await ask(pool, `select 1 from ${waitingRows(plan)} limit 1`)).length > 0;
}
