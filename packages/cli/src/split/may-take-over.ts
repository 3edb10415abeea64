import { quoteTable } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import type { SideName } from '@banyan/split';
import type { OpenSplit } from './open-split.ts';
import { splitSteps } from './run-split.ts';

const rightsSql = `
  select string_agg(name, ', ') as missing from unnest($2::text[], $3::text[]) as wanted(name, quoted)
  where not (has_table_privilege($1, quoted, 'select') and has_table_privilege($1, quoted, 'insert')
    and has_table_privilege($1, quoted, 'update') and has_table_privilege($1, quoted, 'delete'))`;

/**
 * Looks for what would make a change of the owner senseless, before anything is touched.
 * @throws Rejected `step-open`, `role-without-rights`
 */
export async function mayTakeOver(
  { ledger, name, sides, plan, split }: OpenSplit,
  to: SideName,
): Promise<void> {
  const view = ledger.split(name);
  const open = splitSteps.find((step) => view?.steps[step]?.status !== 'done');
  if (view?.status === 'running' && open !== undefined) {
    throw new Rejected('step-open', `The step ${open} is not done: run \`banyan split run ${name}\` first.`);
  }
  if (to !== 'target' || split.role === undefined) return;
  const tables = plan.tables.map((table) => table.name);
  const { rows } = await sides.target.pool.query<{ missing: string | null }>(rightsSql, [
    split.role,
    tables,
    tables.map(quoteTable),
  ]);
  const missing = rows[0]?.missing;
  if (missing == null) return;
  throw new Rejected(
    'role-without-rights',
    `The role ${split.role} may not read and write ${missing} at the target: grant it select, insert, update and delete there first.`,
  );
}
