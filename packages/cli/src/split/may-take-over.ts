import { quoteTable } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import { feedState, type SideName, tablesAt } from '@banyan/split';
import type { OpenSplit } from './open-split.ts';
import { mustNotBeCopied, otherSplits } from './other-splits.ts';
import { splitSteps } from './split-steps.ts';

const rightsSql = `
  select string_agg(name, ', ') as missing from unnest($2::text[], $3::text[]) as wanted(name, quoted)
  where not (has_table_privilege($1, quoted, 'select') and has_table_privilege($1, quoted, 'insert')
    and has_table_privilege($1, quoted, 'update') and has_table_privilege($1, quoted, 'delete'))`;

/**
 * Looks for what would make a change of the owner senseless, before anything is touched.
 * @throws Rejected `step-open`, `role-without-rights`, `no-way-back`, `copied-still`
 */
export async function mayTakeOver(open: OpenSplit, to: SideName, noWayBack = false): Promise<void> {
  const { ledger, name, sides, plan, split } = open;
  const view = ledger.split(name);
  const undone = splitSteps.find((step) => view?.steps[step]?.status !== 'done');
  if (view?.status === 'running' && undone !== undefined) {
    throw new Rejected(
      'step-open',
      `The step ${undone} is not done: run \`banyan split run ${name}\` first.`,
    );
  }
  if (plan.reshaped !== undefined) await mustHaveWayBack(open, to, noWayBack);
  if (to !== 'target' || split.role === undefined) return;
  const tables = tablesAt(plan, to).map((table) => table.name);
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

/** Rows of another shape come back only through a translator of their own. */
async function mustHaveWayBack(
  { config, ledger, name, sides, plan }: OpenSplit,
  to: SideName,
  noWayBack: boolean,
): Promise<void> {
  if (ledger.split(name)?.owner === to || ledger.split(name)?.status !== 'running') return;
  if (to === 'target') {
    if (plan.reshaped?.back === true) return;
    if (noWayBack) {
      return mustNotBeCopied(
        otherSplits(config, ledger.view().splits, name),
        plan.tables.map((table) => table.name),
        'and no change would reach it there, because nothing comes back to the monolith: let that service read at the new owner.',
      );
    }
    throw new Rejected(
      'no-way-back',
      `After this cut-over there is no way back, because ${name} has no translator for it: what the service writes would never reach the ` +
        `monolith's tables. Write one (reshape.back in the configuration), or say that it is meant: banyan split cutover ${name} --no-way-back`,
    );
  }
  const { slot, ready } = await feedState(sides, plan, 'source');
  if (plan.reshaped?.back === true && slot && ready > 0) return;
  throw new Rejected(
    'no-way-back',
    `The tables of ${name} can't be given back: the cut-over was made without a translator for the way back (reshape.back), and what the ` +
      `service wrote since is not in the monolith's tables. What is left is: banyan split finish ${name}`,
  );
}
