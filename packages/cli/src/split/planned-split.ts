import { connect } from '@banyan/postgres';
import { Rejected } from '@banyan/runtime';
import type { PreflightPlan } from '@banyan/split';
import type { BanyanConfig } from '../config/config.ts';
import { splitOf } from '../config/load-config.ts';
import type { SplitView } from '../ledger/splits/split-view.ts';
import { identified, keptPlan, planOf } from './kept-plan.ts';
import { knownSplits, type OnUnknown } from './known-splits.ts';
import { isDrawn } from './open-split.ts';
import { otherSplits } from './other-splits.ts';
import { seamOfMoved } from './seam-of-moved.ts';

/** A split as the configuration plans it, and the addresses of the databases between which it moves tables. */
export interface PlannedSplit {
  readonly source: string;
  readonly target: string;
  readonly plan: PreflightPlan;
}

/**
 * What the configuration says of a split, by the names that its tables have now.
 * @param onUnknown Is told why it is not known what other splits there are.
 * @throws Rejected `split-under-way` where the ledger says that it has begun: what stands there is its own.
 */
export async function plannedSplit(
  config: BanyanConfig,
  name: string,
  onUnknown?: OnUnknown,
): Promise<PlannedSplit> {
  const split = splitOf(config, name);
  const known = await knownSplits(config, onUnknown === undefined ? {} : { onUnknown });
  const identity = identityOf(name, known[name]);
  const source = config.monolith.database;
  const pool = connect(source, { max: 1, applicationName: 'banyan-split' });
  try {
    const kept = { ...keptPlan(split, await isDrawn(split, name, pool)), ...identity };
    const plan = planOf(name, kept, split);
    return {
      source,
      target: config.services[plan.service]!.database,
      plan: {
        ...plan,
        ...seamOfMoved(split.seam, plan.tables),
        others: otherSplits(config, known, name),
      },
    };
  } finally {
    await pool.end();
  }
}

/** The identity that a run has given the split, which then is what it goes on from; nothing of it is in the way. */
function identityOf(name: string, known: SplitView | undefined): { id?: string } {
  if (known === undefined || known.status === 'aborted') return {};
  if (known.steps.prepared?.status !== 'done') return identified(known.plan);
  throw new Rejected(
    'split-under-way',
    `The split ${name} is ${known.status}: its plan was judged before it began, and what stands in its way now is its own. Look at it with: banyan split status ${name}`,
  );
}
