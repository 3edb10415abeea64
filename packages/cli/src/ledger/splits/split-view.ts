import type { RecordedEvent } from '@banyan/runtime';
import { split } from './split.ts';
import { newSplit, type SplitState } from './split-state.ts';

/** A split as the ledger tells it. */
export interface SplitView extends SplitState {
  /** Position of the event that set who owns its tables, and so who answers its routes, or whether their writes wait. */
  readonly revision: bigint;
}

const routeChanges = new Set([
  'SplitPlanned',
  'RoutesHeld',
  'OwnerSwitched',
  'RoutesReleased',
  'SwitchCompleted',
  'SwitchUndone',
  'SplitAborted',
]);

/** Folds one event of a split's stream. */
export function evolveSplit(before: SplitView | undefined, event: RecordedEvent): SplitView {
  const known = before ?? { ...newSplit, revision: 0n };
  const evolve = split.evolve as Record<string, ((state: SplitState, data: never) => SplitState) | undefined>;
  const state = evolve[event.type]?.(known, event.data as never) ?? known;
  return { ...state, revision: routeChanges.has(event.type) ? event.position : known.revision };
}
