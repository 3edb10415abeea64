import type { BanyanError } from '../errors/errors.ts';
import type { SnapshotStore } from './snapshot.ts';

/** Where snapshots are kept and when one is made. */
export interface SnapshotOptions {
  readonly store: SnapshotStore;
  /** After so many events since the last one, default 200. */
  readonly everyEvents?: number;
  /** Also after a load that read events for longer than so many milliseconds, default 50. */
  readonly replayMs?: number;
  /** Is told when a snapshot could not be read or written; the command is not affected. Default: nobody is. */
  readonly onError?: (error: BanyanError) => void;
}
