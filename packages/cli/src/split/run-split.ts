import { randomUUID } from 'node:crypto';
import { Invalid, Rejected } from '@banyan/runtime';
import { findSeamKeys, partState } from '@banyan/split';
import type { SplitView } from '../ledger/splits/split-view.ts';
import { watchedKeys } from './check-split.ts';
import { identified } from './kept-plan.ts';
import { notRunning } from './not-running.ts';
import type { OpenSplit } from './open-split.ts';
import { partOf } from './part-of.ts';
import type { OnSplitProgress } from './progress.ts';
import { splitSteps } from './split-steps.ts';
import { follow } from './steps/follow.ts';
import { prepare } from './steps/prepare.ts';
import type { SplitStep } from './steps/step.ts';
import { verify } from './steps/verify.ts';

const steps: Readonly<Record<(typeof splitSteps)[number], SplitStep>> = {
  prepared: prepare,
  following: follow,
  verified: verify,
};

/** Takes a split from where its ledger says it is to where a cut-over can begin. What is done is not done again. */
export async function runSplit(
  open: OpenSplit,
  onProgress: OnSplitProgress,
  stopped: AbortSignal,
): Promise<SplitView> {
  const signal = AbortSignal.any([stopped, open.followers.signal]);
  const { ledger, name, kept } = open;
  mayBridge(open);
  // What is refused here is not planned, and so nothing has to be aborted.
  await mustBeParted(open);
  const watched = watchedKeys(open).map(([key]) => key);
  const keys = await findSeamKeys(open.sides.source.pool, watched);
  const planned = { ...kept, ...(keys.length === 0 ? {} : { keys }), id: randomUUID() };
  await ledger.executeSplit(name, 'Plan', { plan: planned });
  mustBeRunning(open);
  const plan = { ...open.plan, ...identified(ledger.split(name)?.plan) };
  for (const step of splitSteps) {
    const known = ledger.split(name)?.steps[step];
    if (known?.status === 'done' && known.evidence !== undefined) {
      onProgress({ kind: 'done', step, evidence: known.evidence, earlier: true });
      continue;
    }
    signal.throwIfAborted();
    await ledger.executeSplit(name, 'BeginStep', { step, at: new Date().toISOString() });
    onProgress({ kind: 'begun', step, text: '' });
    const progress = (text: string) => onProgress({ kind: 'progress', step, text });
    const evidence = await steps[step]({ ...open, plan, progress, signal });
    await ledger.executeSplit(name, 'CompleteStep', { step, at: new Date().toISOString(), evidence });
    onProgress({ kind: 'done', step, evidence, earlier: false });
  }
  return ledger.split(name)!;
}

async function mustBeParted({ config, name, split, sides }: OpenSplit): Promise<void> {
  if (split.part === undefined || (await partState(sides.source.pool, partOf(config, name))) === 'done')
    return;
  throw new Rejected(
    'not-parted',
    `${split.part.into} is not filled from ${split.part.from} yet: run \`banyan split part ${name}\` first.`,
  );
}

function mustBeRunning({ ledger, name }: OpenSplit): void {
  const status = ledger.split(name)?.status;
  if (status === 'running') return;
  throw notRunning(name, status);
}

/** Looked at before the plan is written down, because the seam gives the tables other names. */
function mayBridge({ kept, name, ledger }: OpenSplit): void {
  const inPlace = kept.tables.find(({ oldName }) => oldName === undefined);
  if (kept.bridge !== 'foreign-tables' || inPlace === undefined || ledger.split(name)?.status === 'running')
    return;
  throw new Invalid(
    'bridge-without-stage',
    `${inPlace.name} can't be reached over a bridge while the table itself has that name: give the split a stage in the configuration ` +
      `(stage: { schema: '${name}' }), and draw the seam with banyan split seam ${name}`,
  );
}
