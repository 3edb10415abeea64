import {
  dropFeed,
  dropOldNames,
  dropOldTables,
  forgetSides,
  keepOldTables,
  refuseReferred,
  removeFence,
  runInMoments,
  runStatements,
} from '@banyan/split';
import { mayTakeBridge } from './bridge.ts';
import { mustMove } from './must-move.ts';
import type { OpenSplit } from './open-split.ts';
import { mustNotBeCopied, otherSplits } from './other-splits.ts';

/**
 * Passes the point of no return: takes down the way back, and moves the monolith's old tables out of the way, where they are kept until
 * they are dropped. May be repeated.
 * @returns Whether there was anything to do.
 * @throws Rejected `kept-as-copy`, `copied-still`, `referred-to-still`; `owner-is-source` before a cut-over.
 */
export async function finishSplit(
  { config, ledger, name, plan, sides }: OpenSplit,
  reason: string,
): Promise<boolean> {
  mustMove(plan);
  mustNotBeCopied(
    otherSplits(config, ledger.view().splits, name),
    plan.tables.map((table) => table.name),
    `and what it copies ends with ${name}: let that service read at the new owner, by its API or its events.`,
  );
  if (ledger.split(name)?.owner === 'target') await refuseReferred(sides.source.pool, plan);
  await ledger.executeSplit(name, 'BeginFinish', { reason });
  if (ledger.split(name)?.status !== 'finishing') return false;
  await dropFeed(sides, plan, 'source');
  await dropFeed(sides, plan, 'target');
  await runInMoments(sides, keepOldTables(plan));
  await removeFence(sides, plan, 'target');
  await runStatements(
    sides,
    forgetSides(plan).filter(({ on }) => on === 'target'),
  );
  await ledger.executeSplit(name, 'Finish', { at: new Date().toISOString() });
  return true;
}

/**
 * Drops the old tables for good, with the bridge and the views under the old names.
 * @throws Rejected `kept-as-copy`, `not-finished`, `bridge-used`, `referred-to-still`
 */
export async function dropOld({ ledger, name, plan, sides }: OpenSplit): Promise<boolean> {
  mustMove(plan);
  const before = ledger.split(name)?.status;
  if (before === 'finished') {
    await mayTakeBridge(sides, plan);
    await refuseReferred(sides.source.pool, plan);
    await runInMoments(sides, [...dropOldNames(plan), ...dropOldTables(plan)]);
  }
  await ledger.executeSplit(name, 'DropOld', { at: new Date().toISOString() });
  return before === 'finished';
}
