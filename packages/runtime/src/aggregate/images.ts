import type { Schemas } from '../contract/contract.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { Aggregate } from './aggregate.ts';
import { CommandIds } from './command-ids.ts';
import { type Folded, replay, unborn } from './fold.ts';
import type { Image } from './image.ts';
import type { Snapshots } from './snapshots.ts';

/** How to load an image. */
interface LoadOptions<State> {
  /** Collects the ids of all commands, which only the events tell, so that no snapshot is of use. */
  readonly withCommandIds?: boolean;
  readonly withoutSnapshot?: boolean;
  readonly seen?: (event: RecordedEvent, folded: Folded<State>) => void;
}

/** Reads images of one kind of aggregate. */
export class Images<State, Commands extends Schemas, Events extends Schemas> {
  readonly #store: Pick<EventStore, 'readStream'>;
  readonly #aggregate: Aggregate<State, Commands, Events>;
  readonly #snapshots: Snapshots<State> | undefined;

  constructor(
    store: Pick<EventStore, 'readStream'>,
    aggregate: Aggregate<State, Commands, Events>,
    snapshots: Snapshots<State> | undefined,
  ) {
    this.#store = store;
    this.#aggregate = aggregate;
    this.#snapshots = snapshots;
  }

  /** From the newest snapshot of use, or from the first event. */
  async load(streamId: string, options: LoadOptions<State> = {}): Promise<Image<State>> {
    const { withCommandIds = false, withoutSnapshot = false, seen } = options;
    const commandIds = withCommandIds ? new CommandIds() : undefined;
    const whole = withCommandIds || withoutSnapshot;
    const snapshot = whole ? undefined : await this.#snapshots?.load(streamId);
    const started = performance.now();
    const folded = await replay(
      this.#store,
      this.#aggregate,
      streamId,
      snapshot ?? unborn<State>(this.#aggregate),
      {
        seen: (event, at) => {
          commandIds?.add(event.metadata.causationId);
          seen?.(event, at);
        },
      },
    );
    const image: Image<State> = {
      ...folded,
      ...(commandIds === undefined ? {} : { commandIds }),
      measured: { bytes: 0, version: 0 },
      snapshotVersion: snapshot?.version ?? 0,
    };
    return this.keep(streamId, image, performance.now() - started);
  }

  /** Brings an image up to date. */
  async catchUp(
    streamId: string,
    image: Image<State>,
    seen: (event: RecordedEvent) => void,
  ): Promise<Image<State>> {
    const ids: (string | undefined)[] = [];
    const folded = await replay(this.#store, this.#aggregate, streamId, image, {
      seen: (event) => {
        ids.push(event.metadata.causationId);
        seen(event);
      },
    });
    for (const id of ids) image.commandIds?.add(id);
    return this.keep(streamId, { ...image, ...folded });
  }

  /** Has a snapshot made where one is due. */
  keep(streamId: string, image: Image<State>, replayMs?: number): Image<State> {
    if (this.#snapshots?.isDue(image.version, image.snapshotVersion, replayMs) !== true) return image;
    return this.#snapshots.write(streamId, image) ? { ...image, snapshotVersion: image.version } : image;
  }

  /** Reads a stream from its first event on, because memory and snapshot turned out to know of events that are not there. */
  async reload(streamId: string, options: LoadOptions<State>): Promise<Image<State>> {
    await this.#snapshots?.discard(streamId);
    return this.load(streamId, { ...options, withoutSnapshot: true });
  }
}
