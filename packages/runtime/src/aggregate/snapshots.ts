import { Invalid, toBanyanError } from '../errors/errors.ts';
import { jsonSize } from '../json/json-size.ts';
import type { SnapshotOptions } from '../snapshot/snapshot-options.ts';
import { SnapshotWriter } from '../snapshot/snapshot-writer.ts';
import type { Aggregate } from './aggregate.ts';
import type { Folded } from './fold.ts';

type Named<State> = Pick<Aggregate<State>, 'name' | 'initial' | 'stateVersion' | 'stateCodec'>;

/** The snapshots of one kind of aggregate. */
export class Snapshots<State> {
  readonly #aggregate: Named<State>;
  readonly #options: SnapshotOptions;
  readonly #writer: SnapshotWriter;

  /** @throws Invalid `state-not-json` when the state needs a codec and has none. */
  constructor(aggregate: Named<State>, options: SnapshotOptions) {
    this.#aggregate = aggregate;
    this.#options = options;
    this.#writer = new SnapshotWriter(options.store, (error) => options.onError?.(error));
    this.#encode(aggregate.initial);
  }

  get #stateVersion(): number {
    return this.#aggregate.stateVersion ?? 1;
  }

  /** The stream's newest snapshot of use; none where there is none or it can't be read. */
  async load(streamId: string, upTo?: number): Promise<Folded<State> | undefined> {
    try {
      const fitting = { stateVersion: this.#stateVersion, ...(upTo === undefined ? {} : { upTo }) };
      const snapshot = await this.#options.store.load(streamId, fitting);
      if (snapshot === undefined) return undefined;
      const { version, position } = snapshot;
      return { state: this.#decode(snapshot.state), version, position };
    } catch (error) {
      this.#options.onError?.(toBanyanError(error));
      return undefined;
    }
  }

  /** Removes what turned out not to fit its stream. */
  async discard(streamId: string): Promise<void> {
    await this.#options.store.discard(streamId).catch((error: unknown) => {
      this.#options.onError?.(toBanyanError(error));
    });
  }

  /** Whether a snapshot is due at `version`, the last one being at `last`, after a load that took `replayMs`. */
  isDue(version: number, last: number, replayMs?: number): boolean {
    const { everyEvents = 200, replayMs: longest = 50 } = this.#options;
    const slow = replayMs !== undefined && replayMs > longest;
    return version > last && (slow || version - last >= everyEvents);
  }

  /** Has a snapshot written, at some later time. Whether it will be. */
  write(streamId: string, { state, version, position }: Folded<State>): boolean {
    const stateVersion = this.#stateVersion;
    return this.#writer.write(streamId, () => ({
      streamId,
      version,
      position,
      stateVersion,
      state: this.#encode(state),
    }));
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  #encode(state: State): unknown {
    const { name, stateCodec } = this.#aggregate;
    const json = stateCodec === undefined ? state : stateCodec.encode(state);
    try {
      jsonSize(json);
    } catch (cause) {
      throw new Invalid(
        'state-not-json',
        `A state of ${name} can not be kept in a snapshot: ${(cause as Error).message}. Give the aggregate a stateCodec.`,
        { cause },
      );
    }
    return json;
  }

  #decode(json: unknown): State {
    const { stateCodec } = this.#aggregate;
    return stateCodec === undefined ? (json as State) : stateCodec.decode(json as never);
  }
}
