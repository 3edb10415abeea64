import type { Checkpoint } from './checkpoint.ts';

/** A subscriber waits, because the checkpoint is of another version. */
export interface Superseded {
  readonly name: string;
  /** The subscriber's. */
  readonly version: number;
  /** The checkpoint's, whose effects are in use. */
  readonly inUse: number;
}

/** Whether a checkpoint is of another version than a subscriber; who says nothing is of any. */
export function isOther(ofCheckpoint: number | undefined, ofSubscriber: number | undefined): boolean {
  return ofCheckpoint !== undefined && ofSubscriber !== undefined && ofCheckpoint !== ofSubscriber;
}

/** Says that a subscriber waits for its version to be the one in use. */
export function tellSuperseded(
  subscriber: {
    readonly name: string;
    readonly version?: number;
    readonly onSuperseded?: (superseded: Superseded) => void;
  },
  { version: inUse }: Pick<Checkpoint, 'version'>,
): void {
  const { name, version, onSuperseded } = subscriber;
  if (version !== undefined && inUse !== undefined) onSuperseded?.({ name, version, inUse });
}
