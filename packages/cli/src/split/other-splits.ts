import { Rejected } from '@banyan/runtime';
import { type OtherSplit, tablesAt } from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import type { KeptSplitPlan } from '../ledger/splits/split-plan.ts';
import type { SplitView } from '../ledger/splits/split-view.ts';
import { keptPlan, planOf } from './kept-plan.ts';
import { splitSteps } from './split-steps.ts';

/** The splits beside one, as the ledger knows them, or the configuration where they are not under way. Those that are over are none. Pure. */
export function otherSplits(
  { splits = {} }: Pick<BanyanConfig, 'splits'>,
  known: Readonly<Record<string, SplitView>>,
  name: string,
): readonly OtherSplit[] {
  const names = new Set([...Object.keys(splits), ...Object.keys(known)]);
  names.delete(name);
  return [...names].flatMap((other): OtherSplit[] => {
    const view = known[other];
    const isNew = view === undefined || view.status === 'new' || view.status === 'aborted';
    const kept = isNew ? plannedAs(splits[other]) : view.plan;
    if (kept === undefined || view?.status === 'finished' || view?.status === 'dropped') return [];
    const plan = planOf(other, kept, splits[other] ?? {});
    return [
      {
        name: other,
        service: plan.service,
        ...(plan.keep === undefined ? {} : { keep: plan.keep }),
        tables: plan.tables.map((table) => table.name),
        into: tablesAt(plan, 'target').map((table) => table.name),
        state: isNew ? 'planned' : isDone(view) ? 'followed' : 'begun',
        owner: isNew ? 'source' : view.owner,
      },
    ];
  });
}

function plannedAs(
  split: NonNullable<BanyanConfig['splits']>[string] | undefined,
): KeptSplitPlan | undefined {
  return split === undefined ? undefined : keptPlan(split, false);
}

function isDone({ status, steps }: SplitView): boolean {
  return status === 'running' && splitSteps.every((step) => steps[step]?.status === 'done');
}

/**
 * Looks whether a copy is made of tables of the monolith from which it would get no more changes.
 * @param why What becomes of the tables, and what is to be done beside ending the copy.
 * @throws Rejected `copied-still`
 */
export function mustNotBeCopied(others: readonly OtherSplit[], tables: readonly string[], why: string): void {
  for (const { name, service, keep, state, tables: copied } of others) {
    if (keep === undefined || state === 'planned') continue;
    const table = tables.find((one) => copied.includes(one));
    if (table === undefined) continue;
    throw new Rejected(
      'copied-still',
      `${table} is copied to the service ${service} by the split ${name}, ${why} First: banyan split abort ${name}`,
    );
  }
}
