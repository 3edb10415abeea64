import { NotFound } from '@banyan/runtime';
import { bridgeUse, copyProgress, feedState, refusedWrites } from '@banyan/split';
import type { OpenSplit } from './open-split.ts';
import type { SplitStatus } from './split-lines.ts';

/** Looks at the ledger and at both sides. @throws NotFound `split-not-started` */
export async function splitStatus({ name, ledger, sides, plan }: OpenSplit): Promise<SplitStatus> {
  const view = ledger.split(name);
  if (view === undefined) {
    throw new NotFound(
      'split-not-started',
      `The split ${name} was not started yet. Start it with: banyan split run ${name}`,
    );
  }
  const bridged = plan.bridge === 'foreign-tables' && view.owner === 'target';
  const [target, source, tables, refused, bridge] = await Promise.all([
    feedState(sides, plan, 'target'),
    feedState(sides, plan, 'source'),
    view.owner === 'source' ? copyProgress(sides, plan) : [],
    Promise.all([refusedWrites(sides, plan, 'source'), refusedWrites(sides, plan, 'target')]),
    bridged ? bridgeUse(sides, plan) : undefined,
  ]);
  return {
    split: name,
    view,
    feeds: { source, target },
    tables,
    refused: { source: refused[0], target: refused[1] },
    ...(bridge === undefined ? {} : { bridge }),
  };
}
