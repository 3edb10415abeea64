import { type BanyanError, toBanyanError } from '../errors/errors.ts';
import type { Snapshot, SnapshotStore } from './snapshot.ts';

/** Streams whose snapshot may wait to be written. */
const mostWaiting = 1_000;

/** Writes snapshots one after the other, beside the commands: what fails or is too much is told and left out. */
export class SnapshotWriter {
  readonly #store: SnapshotStore;
  readonly #onError: (error: BanyanError) => void;
  /** The newest of every stream; made when its turn comes. */
  readonly #waiting = new Map<string, () => Snapshot>();
  #writing: Promise<void> | undefined;

  constructor(store: SnapshotStore, onError: (error: BanyanError) => void) {
    this.#store = store;
    this.#onError = onError;
  }

  /** Whether the snapshot will be written; not when too many wait already. */
  write(streamId: string, snapshot: () => Snapshot): boolean {
    if (this.#waiting.size >= mostWaiting && !this.#waiting.has(streamId)) return false;
    this.#waiting.set(streamId, snapshot);
    this.#writing ??= this.#writeAll();
    return true;
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Whoever has just committed answers its callers first.
    await null;
    for (const [streamId, snapshot] of this.#waiting) {
      this.#waiting.delete(streamId);
      try {
        await this.#store.save(snapshot());
      } catch (error) {
        this.#onError(toBanyanError(error));
      }
    }
    this.#writing = undefined;
  }
}
