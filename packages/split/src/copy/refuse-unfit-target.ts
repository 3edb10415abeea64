import { quoteTable } from '@banyan/postgres';
import { Invalid } from '@banyan/runtime';
import type { SplitPlan, SplitTable } from '../plan/split-plan.ts';
import { ask } from '../sides/run-statements.ts';
import type { Sides } from '../sides/sides.ts';

interface Column {
  readonly name: string;
  readonly type: string;
}

const columnsSql = `
  select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
  where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attgenerated = '' order by attname`;

/**
 * Refuses a target whose tables are missing, of another shape, or not empty.
 * @throws Invalid `target-unfit` with everything that is wrong.
 */
export async function refuseUnfitTarget(sides: Sides, plan: SplitPlan): Promise<void> {
  const problems: string[] = [];
  for (const table of plan.tables) problems.push(...(await problemsOf(sides, table)));
  if (problems.length > 0) throw new Invalid('target-unfit', problems.join('\n'));
}

async function problemsOf(sides: Sides, { name, columns }: SplitTable): Promise<string[]> {
  const quoted = quoteTable(name);
  const [at, to] = await Promise.all(
    [sides.source, sides.target].map(({ pool }) => ask<Column>(pool, columnsSql, [quoted])),
  );
  if (at!.length === 0) return [`The monolith has no table ${name}: correct it in the configuration.`];
  if (to!.length === 0) {
    return [
      `The target has no table ${name}: make it there first, for example with pg_dump --schema-only --table=${name}.`,
    ];
  }
  const wanted = at!.filter((column) => columns === undefined || columns.includes(column.name));
  const different = wanted.filter((one) => to!.find((other) => other.name === one.name)?.type !== one.type);
  if (different.length > 0) {
    const list = different.map(({ name: column, type }) => `${column} ${type}`).join(', ');
    return [
      `The target's ${name} lacks columns as the monolith has them: ${list}. Add them, or name the columns that move.`,
    ];
  }
  const rows = await ask(sides.target.pool, `select 1 from ${quoted} limit 1`);
  return rows.length === 0
    ? []
    : [`The target's ${name} is not empty, and a copy would collide with its rows: empty it first.`];
}
