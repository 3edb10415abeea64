import type { DataOf, Schemas } from '../contract/contract.ts';
import type { Feed } from '../feed/feed.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';
import { type SubscribeOptions, type Subscription, subscribe } from '../subscription/subscribe.ts';

/** What a projection does with each type of event that it cares for. */
export type ProjectionHandlers<Events extends Schemas, Tx> = {
  readonly [Type in keyof Events & string]?: (
    event: RecordedEvent<Type, DataOf<Events, Type>>,
    tx: Tx,
  ) => Promise<void>;
};

/** A subscriber that keeps a query-shaped copy, its read model. */
export interface Projection<Events extends Schemas, Tx> {
  /** The name of its checkpoint. */
  readonly name: string;
  readonly on: ProjectionHandlers<Events, Tx>;
  /** Empties the read model. */
  readonly reset: (tx: Tx) => Promise<void>;
}

/** Declares a projection: `projection<typeof reviews.events, Transaction>({ ... })`. */
export function projection<Events extends Schemas, Tx>(
  definition: Projection<Events, Tx>,
): Projection<Events, Tx> {
  return definition;
}

/** Where a projection reads and commits; the rest is as for `subscribe`. */
export interface ProjectOptions<Tx>
  extends Omit<SubscribeOptions<RecordedEvent, Tx>, 'name' | 'handle' | 'reset' | 'committedAt' | 'steps'> {
  readonly feed: Feed<RecordedEvent>;
  readonly checkpoints: CheckpointStore<Tx>;
}

/** A projection at work. */
export interface RunningProjection extends Subscription {
  /** How many events of each type it passed over because it has no handler for them, since it was started. */
  readonly ignored: ReadonlyMap<string, number>;
}

/** Runs a projection: each event is handled once, in the transaction that moves the checkpoint. */
export function project<Events extends Schemas, Tx>(
  { name, on, reset }: Projection<Events, Tx>,
  options: ProjectOptions<Tx>,
): RunningProjection {
  const ignored = new Map<string, number>();
  const handle = async (events: readonly RecordedEvent[], tx: Tx) => {
    const passedOver: string[] = [];
    for (const event of events) {
      const handler = Object.hasOwn(on, event.type) ? on[event.type] : undefined;
      // The contract that wrote the event is the one that the handler was typed by.
      if (handler === undefined) passedOver.push(event.type);
      else await handler(event as never, tx);
    }
    for (const type of passedOver) ignored.set(type, (ignored.get(type) ?? 0) + 1);
  };
  const committedAt = (event: RecordedEvent) => new Date(event.metadata.at);
  return { ...subscribe({ ...options, name, reset, handle, committedAt }), ignored };
}
