import type { BareTable } from './indexes-aside.ts';

/** How the subscription and its workers stand. */
export interface CopyState {
  readonly enabled: boolean;
  /** Since it was enabled, or since that was first seen, in milliseconds. */
  readonly enabledMs: number;
  /** Tables that wait for a worker to copy them. */
  readonly waiting: number;
  /** Workers that copy or let a table catch up, and how many there may be. */
  readonly working: number;
  readonly workers: number;
  readonly bare: readonly BareTable[];
}

/** What is to be done now with tables that are copied without their indexes. */
export type CopyMove =
  | { readonly kind: 'wait' | 'enable' | 'disable' }
  | { readonly kind: 'build'; readonly table: string };

/** How long workers may take to start; later ones start in the next round. */
const startMs = 2_000;

/**
 * A table that is copied catches up at once, and an update needs the index of its key. A worker that copies does not look whether the
 * subscription is enabled, and one that is about to catch up ends if it is not: so it is disabled while large tables are copied, the
 * indexes are made while nobody works on the table, and then it is enabled again. Pure.
 */
export function nextMove({ enabled, enabledMs, waiting, working, workers, bare }: CopyState): CopyMove {
  const copied = bare.filter(({ state }) => state === 'f' || state === 's' || state === 'r');
  if (copied.length > 0) {
    if (enabled) return { kind: 'disable' };
    const free = copied.find((table) => !table.working);
    return free === undefined ? { kind: 'wait' } : { kind: 'build', table: free.name };
  }
  const isCopying = bare.some((table) => table.state === 'd' && table.working);
  if (!isCopying) return { kind: enabled ? 'wait' : 'enable' };
  const isEverybodyBusy = waiting === 0 || working >= workers || enabledMs > startMs;
  return { kind: enabled && isEverybodyBusy ? 'disable' : 'wait' };
}
