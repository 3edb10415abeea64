import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal, toBanyanError } from '@banyan/runtime';
import {
  dropFeed,
  type HandedOver,
  type HeldNames,
  handOver,
  holdNames,
  openFence,
  otherSide,
  proveWayBack,
  removeFence,
  type SideName,
  sequencePairs,
  turnBack,
} from '@banyan/split';
import type { SwitchOver } from '../ledger/splits/split-state.ts';
import { readyBridge, settleBridge } from './bridge.ts';
import { holdRoutes, releaseRoutes } from './hold-routes.ts';
import { mayTakeOver } from './may-take-over.ts';
import { mustMove } from './must-move.ts';
import type { OpenSplit } from './open-split.ts';

/** Tells how far the change is. */
export type OnSwitch = (text: string) => void;

/** How the owner is changed. */
export interface SwitchOptions {
  readonly signal: AbortSignal;
  /** Whether it is wanted although there is no way back, for want of a translator. Default false. */
  readonly noWayBack?: boolean;
}

/**
 * Gives the tables to a side: proves the way back, fences the owner, waits for everything to arrive, writes down who owns the tables,
 * and opens the new owner. Whatever fails before that is written down is undone, and the owner stays; what fails afterwards is
 * gone on with by the next command.
 * @throws Rejected `kept-as-copy`, `owner-already`, `split-not-running`, `no-way-back`; Unavailable when it took too long.
 */
export async function switchOwner(
  open: OpenSplit,
  to: SideName,
  tell: OnSwitch,
  { signal: stopped, noWayBack = false }: SwitchOptions,
): Promise<SwitchOver> {
  mustMove(open.plan);
  await settleSwitch(open, tell);
  const { ledger, name, followers } = open;
  await mayTakeOver(open, to, noWayBack);
  followers.start();
  const signal = AbortSignal.any([stopped, followers.signal]);
  const token = randomUUID();
  await ledger.executeSplit(name, 'BeginSwitch', { to, token, at: new Date().toISOString() });
  let handed: HandedWithNames;
  try {
    handed = await prepareAndHandOver(open, to, token, tell, signal);
  } catch (caught) {
    throw await undone(open, caught, tell);
  }
  await using held = handed.held;
  await writeDown(open, token, handed.position);
  await openFence(open.sides, open.plan, to);
  await held?.turn();
  const pauseMs = performance.now() - handed.began;
  await releaseRoutes(open);
  tell(`the ${to} owns the tables; writers waited for ${Math.round(pauseMs)} ms`);
  const { arrivedMs, attempts, ended } = handed;
  return complete(open, to, { pauseMs, arrivedMs, attempts, ended });
}

/** What was handed over, and the old names that wait to be turned. */
interface HandedWithNames extends HandedOver {
  readonly held: HeldNames | undefined;
}

async function prepareAndHandOver(
  open: OpenSplit,
  to: SideName,
  token: string,
  tell: OnSwitch,
  signal: AbortSignal,
): Promise<HandedWithNames> {
  const { sides, plan, limits } = open;
  const { slotMs, lagMs, switchMs, drainMs, openTransactions } = limits;
  const { backMs, complete } = await proveWayBack(sides, plan, to, { slotMs, lagMs, signal });
  if (backMs !== undefined)
    tell(`the way back is alive: a change took ${Math.round(backMs)} ms to the ${otherSide(to)}`);
  const sequences = await sequencePairs(sides, plan);
  const bridge = await readyBridge(sides, plan, to);
  const { drained, silent } = await holdRoutes(open, token, signal);
  if (drained + silent > 0) tell(heldText(drained, silent));
  const limit = { limitMs: switchMs, drainMs, openTransactions, signal };
  const held = bridge === undefined ? undefined : await holdNames(sides, plan, bridge, to, limit);
  try {
    return { ...(await handOver(sides, plan, to, { token, sequences, complete, ...limit })), held };
  } catch (error) {
    await held?.[Symbol.asyncDispose]();
    throw error;
  }
}

function heldText(drained: number, silent: number): string {
  const late = silent === 0 ? '' : `; ${silent} did not say so in time, whose writes may be refused`;
  return `${drained} ${drained === 1 ? 'proxy holds' : 'proxies hold'} writes, nothing is under way${late}`;
}

/** How long the ledger is tried while neither side takes writes. */
const ledgerTries = 60;

// Whether it was written down before the ledger broke can't be known otherwise than by asking it again; the command says so itself.
async function writeDown({ ledger, name }: OpenSplit, token: string, position: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await ledger.executeSplit(name, 'SwitchOwner', {
        token,
        position,
        at: new Date().toISOString(),
      });
    } catch (caught) {
      const error = toBanyanError(caught);
      if (!error.retryable || tries === ledgerTries) throw error;
      await sleep(500);
    }
  }
}

/** Ends a change of the owner that a process left behind: forward when the owner is the new one already, otherwise back. */
export async function settleSwitch(open: OpenSplit, tell: OnSwitch): Promise<void> {
  const { ledger, name, sides, plan } = open;
  const change = ledger.split(name)?.change;
  if (change === undefined) return;
  if (change.switched) {
    await openFence(sides, plan, change.to);
    await releaseRoutes(open);
    await complete(open, change.to, {});
    tell(`the change to the ${change.to} that was under way is completed`);
  } else {
    await goBack(open, 'the process that worked on it ended');
    tell(`the change to the ${change.to} that was under way is undone`);
  }
}

async function complete(open: OpenSplit, to: SideName, figures: Record<string, number>): Promise<SwitchOver> {
  const { ledger, name, sides, plan } = open;
  await settleBridge(sides, plan, to);
  await dropFeed(sides, plan, to);
  await removeFence(sides, plan, to);
  const token = ledger.split(name)!.change!.token;
  await ledger.executeSplit(name, 'CompleteSwitch', { token, at: new Date().toISOString(), figures });
  return ledger.split(name)!.changes.at(-1)!;
}

async function undone(open: OpenSplit, caught: unknown, tell: OnSwitch): Promise<unknown> {
  const error = toBanyanError(caught);
  const owner = open.ledger.split(open.name)!.owner;
  try {
    await goBack(open, error.message);
  } catch (second) {
    return new Terminal(
      'switch-not-undone',
      `${error.message} Going back failed as well (${toBanyanError(second).message}): the fence lapses by itself; run any command of this split to clean up.`,
      { cause: caught },
    );
  }
  tell(`everything is back: the ${owner} owns the tables as before`);
  // As it was: that the user stopped it is no error of ours.
  return caught;
}

async function goBack(open: OpenSplit, reason: string): Promise<void> {
  const { ledger, name, sides, plan } = open;
  const { to, token } = ledger.split(name)!.change!;
  const from = otherSide(to);
  await settleBridge(sides, plan, from);
  // Before anybody writes again, so that the feed misses nothing.
  await turnBack(sides, plan, to);
  await openFence(sides, plan, from);
  await releaseRoutes(open);
  await dropFeed(sides, plan, from);
  await removeFence(sides, plan, from);
  await ledger.executeSplit(name, 'UndoSwitch', { token, reason, at: new Date().toISOString() });
}
