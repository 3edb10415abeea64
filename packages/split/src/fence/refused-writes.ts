import { quotedSchema, schemaName } from '../plan/names.ts';
import type { SideName, SplitPlan } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';

/** How many writes a side's fence has refused since the split began; the count survives the transactions that were refused. */
export async function refusedWrites(sides: Sides, plan: SplitPlan, side: SideName): Promise<number> {
  const { pool } = sides[side];
  const [there] = await ask<{ name: string | null }>(pool, 'select to_regclass($1)::text as name', [
    `${schemaName(plan)}.refusals`,
  ]);
  if (there?.name == null) return 0;
  const [row] = await ask<{ refused: number }>(
    pool,
    `select case when is_called then last_value else 0 end::float8 as refused from ${quotedSchema(plan)}.refusals`,
  );
  return row?.refused ?? 0;
}
