import { checkKey, type ForeignKeyChoice, type KeyCheck, readSeamKeys } from '@banyan/split';
import type { OpenSplit } from './open-split.ts';

/** The answers of the plan that name something to watch. */
export function watchedKeys({ split }: Pick<OpenSplit, 'split'>): readonly [string, ForeignKeyChoice][] {
  return Object.entries(split.seam?.foreignKeys ?? {}).filter(([, rule]) => rule !== 'api');
}

/** Looks for orphans of every foreign key that the plan has replaced, each end where its rows are the truth now. */
export async function* checkSplit(
  open: Pick<OpenSplit, 'split' | 'sides' | 'plan' | 'kept' | 'ledger' | 'name'>,
  options: { readonly apply: boolean; readonly signal?: AbortSignal },
): AsyncGenerator<KeyCheck> {
  const { sides, plan, kept, ledger, name } = open;
  const owner = ledger.split(name)?.owner ?? 'source';
  const poolOf = (table: string) =>
    sides[plan.tables.some((each) => each.name === table) ? owner : 'source'].pool;
  const rules = new Map(watchedKeys(open));
  for (const key of await readSeamKeys(sides.source.pool, [...rules.keys()], kept.keys)) {
    const pools = { child: poolOf(key.child.table), parent: poolOf(key.parent.table) };
    yield await checkKey(pools, key, rules.get(key.name)!, options);
  }
}
