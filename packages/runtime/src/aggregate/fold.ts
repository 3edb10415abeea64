import type { Schemas } from '../contract/contract.ts';
import { Terminal } from '../errors/errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import { type Aggregate, streamOf } from './aggregate.ts';

/** An aggregate as its stream tells it. */
export interface Loaded<State> {
  readonly state: State;
  /** 0 when there is no event yet. */
  readonly version: number;
  /** Position of the newest event, 0n when there is none. */
  readonly position: bigint;
  /** The events that the command `commandId` has already led to. */
  readonly earlier: readonly RecordedEvent[];
}

/**
 * The state after some more events.
 * @throws Terminal `unknown-event` when the aggregate has no case for one: deciding without it could be wrong.
 */
export function fold<State, Events extends Schemas>(
  { name, evolve }: Pick<Aggregate<State, Schemas, Events>, 'name' | 'evolve'>,
  state: State,
  events: Iterable<{ readonly type: string; readonly data: unknown }>,
): State {
  for (const { type, data } of events) {
    if (!Object.hasOwn(evolve, type))
      throw new Terminal(
        'unknown-event',
        `Aggregate ${name} has no evolve case for event ${type}; deploy the version that knows it.`,
      );
    // The contract that wrote the event is the one that the case was typed by.
    state = evolve[type as keyof Events & string](state, data as never);
  }
  return state;
}

/** Reads and folds an aggregate's stream. */
export async function load<State, Commands extends Schemas, Events extends Schemas>(
  store: Pick<EventStore, 'readStream'>,
  aggregate: Aggregate<State, Commands, Events>,
  id: string,
  commandId?: string,
): Promise<Loaded<State>> {
  let state = aggregate.initial;
  let version = 0;
  let position = 0n;
  const earlier: RecordedEvent[] = [];
  for await (const event of store.readStream(streamOf(aggregate.name, id))) {
    state = fold(aggregate, state, [event]);
    version = event.version;
    position = event.position;
    if (commandId !== undefined && event.metadata.causationId === commandId) earlier.push(event);
  }
  return { state, version, position, earlier };
}
