import type { CommandIds } from './command-ids.ts';
import type { Tip } from './decide.ts';

/** An aggregate as its committed events tell it, kept in memory. It may be behind, and never ahead. */
export interface Image<State> extends Tip<State> {
  /** Position of the newest event, 0n when there is none. */
  readonly position: bigint;
  /** The commands behind all its events; absent until a sender gives an id of its own. */
  readonly commandIds?: CommandIds;
  /** About how much memory the state takes, and the version at which that was looked at. */
  readonly measured: { readonly bytes: number; readonly version: number };
  /** Version of the newest snapshot that this process knows of, 0 when it knows of none. */
  readonly snapshotVersion: number;
}
