import type { DataOf, Schemas } from '../contract/contract.ts';
import { upcast } from '../contract/upcast.ts';
import type { Versioned } from '../contract/versioned.ts';
import type { Feed } from '../feed/feed.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { CheckpointStore } from '../subscription/checkpoint.ts';
import { type SubscribeOptions, type Subscription, subscribe } from '../subscription/subscribe.ts';

/** What a projection does with each type of event that it cares for. */
export type ProjectionHandlers<Events extends Schemas, Tx> = {
  readonly [Type in keyof Events & string]?: (
    event: RecordedEvent<Type, DataOf<Events, Type>>,
    tx: Tx,
    run: ProjectionRun,
  ) => Promise<void>;
};

/** What a handler may know of the run that it is called in. */
export interface ProjectionRun {
  /** The read model is built anew beside the one in use: nothing but the read model may be changed, nobody told. */
  readonly rebuilding: boolean;
  /** In a rebuild: the tables were empty when it began, and nothing but this run has written to them. */
  readonly fromEmpty?: boolean;
}

/** A subscriber that keeps a query-shaped copy, its read model. */
export interface Projection<Events extends Schemas, Tx> {
  /** The name of its checkpoint. */
  readonly name: string;
  /** The contract's events, so that handlers get older versions of an event as they would be written today. */
  readonly events?: Events;
  /** Raise it with every change that makes other rows or other tables of the same events; default 1. */
  readonly version?: number;
  readonly on: ProjectionHandlers<Events, Tx>;
  /**
   * Handles many events at once, in place of `on`'s handlers: makes of events, in order, what is then run in the transaction. Gets
   * only events that `on` has a handler for. May be called while what it made before is still at work, and again after a failure.
   */
  readonly plan?: (events: readonly RecordedEvent[], run: ProjectionRun) => (tx: Tx) => Promise<void>;
  /** The tables of the read model, without a schema, for a rebuild; handlers name them without a schema too. */
  readonly tables?: readonly string[];
  /** Makes these tables, without naming a schema; a rebuild without it makes them like those in use. */
  readonly create?: (tx: Tx) => Promise<void>;
  /**
   * Fills the empty tables for a rebuild out of all events at once, which a database does many times faster than handlers one by one.
   * Must make what the handlers would have made; those go on behind it. `events` names a view of the events as they are stored, older
   * versions included: position, stream_id, version, type, schema_version, data, metadata, recorded_at.
   */
  readonly fill?: (tx: Tx, events: string) => Promise<void>;
  /** Lanes that the handlers can stand, default 1: with more, events of different streams come in any order. */
  readonly lanes?: number;
  /** Empties the read model. */
  readonly reset: (tx: Tx) => Promise<void>;
}

/** Without its steps a versioned event would reach the handlers in shapes that their types deny. */
export type EventsWhereVersioned<Events extends Schemas> =
  Extract<Events[keyof Events], Versioned> extends never ? unknown : { readonly events: Events };

/**
 * Declares a projection: `projection<typeof reviews.events, Transaction>({ ... })`. Where one of the events is versioned, `events`
 * must be given.
 */
export function projection<Events extends Schemas, Tx>(
  definition: Projection<Events, Tx> & EventsWhereVersioned<Events>,
): Projection<Events, Tx> {
  return definition;
}

/** Where a projection reads and commits; the rest is as for `subscribe`. */
export interface ProjectOptions<Tx>
  extends Omit<
    SubscribeOptions<RecordedEvent, Tx>,
    'name' | 'handle' | 'reset' | 'committedAt' | 'steps' | 'version'
  > {
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
  projection: Projection<Events, Tx>,
  options: ProjectOptions<Tx>,
): RunningProjection {
  const { name, reset, version = 1, lanes } = projection;
  const ignored = new Map<string, number>();
  const handle = async (events: readonly RecordedEvent[], tx: Tx) => {
    const { passedOver, apply } = planEvents(projection, events, following);
    await apply(tx);
    for (const type of passedOver) ignored.set(type, (ignored.get(type) ?? 0) + 1);
  };
  const committedAt = (event: RecordedEvent) => new Date(event.metadata.at);
  return { ...subscribe({ lanes, ...options, name, version, reset, handle, committedAt }), ignored };
}

const following: ProjectionRun = { rebuilding: false };

/** What is to be done about some events. */
export interface PlannedEvents<Tx> {
  /** The types of the events that have no handler, one for each event. */
  readonly passedOver: readonly string[];
  /** Handles the others, in order. */
  readonly apply: (tx: Tx) => Promise<void>;
}

/** Finds the handlers of events and brings the events up to date for them. */
export function planEvents<Events extends Schemas, Tx>(
  { on, plan, events: known }: Pick<Projection<Events, Tx>, 'on' | 'plan' | 'events'>,
  events: readonly RecordedEvent[],
  run: ProjectionRun,
): PlannedEvents<Tx> {
  const passedOver: string[] = [];
  const handled: RecordedEvent[] = [];
  for (const event of events) {
    if (!Object.hasOwn(on, event.type)) passedOver.push(event.type);
    else handled.push(known === undefined ? event : upcast(known, event));
  }
  if (handled.length === 0) return { passedOver, apply: async () => {} };
  if (plan !== undefined) return { passedOver, apply: plan(handled, run) };
  const apply = async (tx: Tx) => {
    // The contract that wrote the event is the one that the handler was typed by.
    for (const event of handled) await on[event.type]!(event as never, tx, run);
  };
  return { passedOver, apply };
}
