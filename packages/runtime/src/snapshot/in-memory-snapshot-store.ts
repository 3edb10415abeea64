import type { FittingSnapshot, Snapshot, SnapshotStore } from './snapshot.ts';

interface Kept extends Omit<Snapshot, 'state'> {
  readonly json: string;
}

/** A snapshot store in the memory of one process, for tests and for trying things out. */
export class InMemorySnapshotStore implements SnapshotStore {
  readonly #kept = new Map<string, Kept>();

  async load(streamId: string, { stateVersion, upTo }: FittingSnapshot): Promise<Snapshot | undefined> {
    const kept = this.#kept.get(streamId);
    if (kept === undefined || kept.stateVersion !== stateVersion) return undefined;
    if (upTo !== undefined && kept.version > upTo) return undefined;
    const { json, ...rest } = kept;
    return { ...rest, state: JSON.parse(json) };
  }

  async save({ state, ...snapshot }: Snapshot): Promise<void> {
    const last = this.#kept.get(snapshot.streamId);
    if (last?.stateVersion === snapshot.stateVersion && last.version >= snapshot.version) return;
    // As text, because a database would keep no more than that either.
    this.#kept.set(snapshot.streamId, { ...snapshot, json: JSON.stringify(state) });
  }

  async discard(streamId: string): Promise<void> {
    this.#kept.delete(streamId);
  }
}
