import type { BridgeAddress } from '../bridge/bridge-address.ts';
import { createBridge, createMappings, dropBridge, turnNames } from '../bridge/bridge-statements.ts';
import { dropOldNames } from '../bridge/drop-old-names.ts';
import type { BridgeFacts } from '../bridge/read-bridge-facts.ts';
import {
  createPublication,
  createSlot,
  createSubscription,
  detachSubscription,
  dropPublication,
  dropSlot,
  dropSubscription,
  relaxSubscription,
} from '../feed/feed-statements.ts';
import { createFence, dropFence, fenceFunction, raiseFence } from '../fence/fence-statements.ts';
import { dropOldTables, keepOldTables } from '../finish/keep-old-tables.ts';
import { type Action, statements } from '../plan/action.ts';
import { otherSide, type Reshaped, type SideName, type SplitPlan } from '../plan/split-plan.ts';
import { forgetSides, prepareSides } from '../sides/prepare-side.ts';
import { prepareEvents } from '../translated/event-tables.ts';

/** What the printed statements have in place of what is known only when they are run. */
const unknown = { reach: '<address of the other side>', token: '<token>', password: '<password>' };

/** What the statements of a bridge are made of. */
export interface BridgePlan {
  readonly facts: BridgeFacts;
  readonly address: BridgeAddress;
}

function establish(plan: SplitPlan, into: SideName, copy: boolean): Action[] {
  if (plan.reshaped !== undefined)
    return plan.reshaped.back || into === 'target'
      ? [...createPublication(plan, into), ...createSlot(plan, into)]
      : [];
  return [
    ...createPublication(plan, into),
    ...createSlot(plan, into),
    ...createSubscription(plan, into, {
      reach: unknown.reach,
      copy,
      ownOnly: plan.keep === undefined,
    }),
  ];
}

function takeDown(plan: SplitPlan, into: SideName): Action[] {
  const slot = dropSlot(plan, into);
  const reader =
    plan.reshaped === undefined
      ? [...detachSubscription(plan, into), ...slot, ...dropSubscription(plan, into)]
      : slot;
  return [...reader, ...dropPublication(plan, into)];
}

function madeBy({ events }: Reshaped): string {
  return events === true
    ? 'the events of the rows are in the log of the service, and its projections have made'
    : 'the translator has made the rows of';
}

/** What `banyan split run` does, in order. */
export function runActions(plan: SplitPlan): Action[] {
  return [
    ...prepareSides(plan),
    ...prepareEvents(plan),
    ...fenceFunction(plan, 'target', { kind: 'closed' }),
    ...createFence(plan, 'target'),
    ...establish(plan, 'target', true),
    ...(plan.reshaped === undefined
      ? [{ wait: 'until all tables are copied' }, ...relaxSubscription(plan, 'target')]
      : [{ wait: `until ${madeBy(plan.reshaped)} ${plan.reshaped.into.join(', ')}` }]),
    { wait: 'until a change arrives at the target in time' },
  ];
}

/** What `banyan split cutover` and `reverse` do, in order; with what the bridge is made of, where the plan has one. */
export function switchActions(plan: SplitPlan, to: SideName, bridge?: BridgePlan): Action[] {
  const from = otherSide(to);
  return [
    ...establish(plan, from, false),
    ...wayBackActions(plan, from),
    ...holdActions(plan, to, bridge),
    ...raiseFence(plan, from, { until: 0, lockMs: 400, token: unknown.token }),
    { wait: `until the signal is at the ${to}: everything written before is there` },
    { wait: 'until the sequences of both sides are set past everything that either has given out' },
    ...(plan.reshaped?.back === true
      ? [
          {
            wait: `until a change has come back to the ${from} through its translator: the way back is alive`,
          },
        ]
      : []),
    ...fenceFunction(plan, from, { kind: 'closed' }),
    { wait: `until the ledger says that the ${to} owns the tables` },
    ...fenceFunction(plan, to, { kind: 'open' }),
    ...turnActions(plan, to, bridge),
    ...takeDown(plan, to),
    ...dropFence(plan, to),
  ];
}

function wayBackActions({ reshaped }: SplitPlan, from: SideName): Action[] {
  if (reshaped !== undefined) return [];
  return [{ wait: `until a change has come through that feed to the ${from}: the way back is alive` }];
}

function holdActions(plan: SplitPlan, to: SideName, bridge: BridgePlan | undefined): Action[] {
  if (bridge === undefined) return [];
  const { facts, address } = bridge;
  const secret = { ...address, password: unknown.password };
  const made = [...createBridge(plan, facts, address), ...createMappings(plan, facts, secret)];
  return [
    ...(to === 'target' ? made : []),
    ...statements('source', 'begin'),
    ...turnNames(plan, facts, to),
    { wait: 'with that transaction open: whoever uses an old name waits for it' },
  ];
}

function turnActions(plan: SplitPlan, to: SideName, bridge: BridgePlan | undefined): Action[] {
  if (bridge === undefined) return [];
  return [...statements('source', 'commit'), ...(to === 'source' ? dropBridge(plan) : [])];
}

/** What `banyan split abort` does, in order. */
export function abortActions(plan: SplitPlan): Action[] {
  return [
    ...(plan.bridge === 'foreign-tables' ? dropBridge(plan) : []),
    ...takeDown(plan, 'target'),
    { wait: 'until the copied rows are gone from the target' },
    ...(plan.reshaped?.events === true
      ? [{ wait: 'until the streams that it has made are gone from the log of the service' }]
      : []),
    ...dropFence(plan, 'target'),
    ...forgetSides(plan),
  ];
}

/** What `banyan split finish` does, in order. */
export function finishActions(plan: SplitPlan): Action[] {
  return [
    ...takeDown(plan, 'source'),
    ...keepOldTables(plan),
    ...dropFence(plan, 'target'),
    ...forgetSides(plan).filter(({ on }) => on === 'target'),
  ];
}

/** What `banyan split finish --drop` does, in order. */
export function dropActions(plan: SplitPlan): Action[] {
  return [...dropOldNames(plan), ...dropOldTables(plan)];
}
