import { Invalid } from '@banyan/runtime';
import {
  closeFence,
  hasEventStore,
  preflight,
  prepareSides,
  prepareTranslated,
  runStatements,
} from '@banyan/split';
import { observe } from '../observe.ts';
import { otherSplits } from '../other-splits.ts';
import { seamOfMoved } from '../seam-of-moved.ts';
import type { SplitContext, SplitStep } from './step.ts';

/** Makes what both sides need, and keeps everybody but the feed from writing the tables of the target. */
export const prepare: SplitStep = async (context) => {
  const { sides, plan } = context;
  await refuseUnfit(context);
  if (plan.reshaped?.events === true) await mustKeepEvents(context);
  await runStatements(sides, prepareSides(plan));
  if (plan.reshaped !== undefined) await prepareTranslated(sides, plan);
  await closeFence(sides, plan, 'target');
  return {
    summary: `${plan.tables.length} ${plan.tables.length === 1 ? 'table' : 'tables'}, read-only at the target${plan.keep === undefined ? ' until the cut-over' : ''}`,
    figures: { tables: plan.tables.length },
  };
};

async function mustKeepEvents({ sides, followers, split }: SplitContext): Promise<void> {
  const { events = {} } = followers.translators;
  if (await hasEventStore(sides, events)) return;
  throw new Invalid(
    'event-store-missing',
    `The database of the service ${split.service} has no event store, into which the translator's events are to go: let the service prepare it first (prepareDatabase).`,
  );
}

async function refuseUnfit({ sides, plan, split, config, ledger, name }: SplitContext): Promise<void> {
  const { source, target } = sides;
  const others = otherSplits(config, ledger.view().splits, name);
  const problems = await preflight(
    source.url,
    target.url,
    { ...plan, ...seamOfMoved(split.seam, plan.tables), others },
    plan.keep === undefined ? await observe(source.url) : {},
  );
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const text = errors.map(({ message, remedy }) => `${message} ${remedy}`).join('\n');
  throw new Invalid(first.kind, text, { details: { problems: errors } });
}
