/** The state of an aggregate at one version, so that loading need not begin at the first event. */
export interface Snapshot {
  readonly streamId: string;
  /** Version of the last event that is folded into the state. */
  readonly version: number;
  /** Position of that event. */
  readonly position: bigint;
  /** Version of the state's shape, see `Aggregate.stateVersion`. */
  readonly stateVersion: number;
  /** Plain JSON. */
  readonly state: unknown;
}

/** Which snapshot is of use. */
export interface FittingSnapshot {
  /** Of exactly this version of the state's shape. */
  readonly stateVersion: number;
  /** Not newer than this version of the stream, default any. */
  readonly upTo?: number;
}

/**
 * Snapshots, one per stream at the most. They only save time: whatever is lost here is folded again from the events.
 * Checked by `snapshotStoreContract`.
 */
export interface SnapshotStore {
  load(streamId: string, fitting: FittingSnapshot): Promise<Snapshot | undefined>;
  /** Keeps a snapshot in place of the stream's last one, unless that is of the same state version and not older. */
  save(snapshot: Snapshot): Promise<void>;
  /** Removes the stream's snapshot where there is one. */
  discard(streamId: string): Promise<void>;
}
