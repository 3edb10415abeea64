import type { Schemas } from '../contract/contract.ts';
import { upcast } from '../contract/upcast.ts';
import { Terminal } from '../errors/errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { RecordedEvent } from '../message/message.ts';
import type { Aggregate } from './aggregate.ts';

/** An aggregate as its stream tells it up to some version. */
export interface Folded<State> {
  readonly state: State;
  /** 0 when there is no event yet. */
  readonly version: number;
  /** Position of the newest event, 0n when there is none. */
  readonly position: bigint;
}

/**
 * The state after some more events, which are at the newest versions of their schemas.
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

/** What to do beside folding. */
export interface ReplayOptions<State> {
  /** The last version to read, default the newest. */
  readonly to?: number;
  /** Ends before the first event for which this is false. */
  readonly while?: (event: RecordedEvent) => boolean;
  /** Is told every event, brought up to date, and what it led to. */
  readonly seen?: (event: RecordedEvent, folded: Folded<State>) => void;
}

/**
 * Reads what comes after `start` in a stream and folds it.
 * @throws Terminal `unknown-event`, `event-too-new`, `upcast-failed`, `events-missing`
 */
export async function replay<State, Commands extends Schemas, Events extends Schemas>(
  store: Pick<EventStore, 'readStream'>,
  aggregate: Aggregate<State, Commands, Events>,
  streamId: string,
  start: Folded<State>,
  options: ReplayOptions<State> = {},
): Promise<Folded<State>> {
  const { to, while: goesOn, seen } = options;
  let folded = start;
  const range = { from: start.version + 1, ...(to === undefined ? {} : { to }) };
  for await (const recorded of store.readStream(streamId, range)) {
    if (goesOn?.(recorded) === false) break;
    if (recorded.version !== folded.version + 1) throw missing(streamId, folded.version, recorded.version);
    const event = upcast(aggregate.contract.events, recorded);
    const state = fold(aggregate, folded.state, [event]);
    folded = { state, version: event.version, position: event.position };
    seen?.(event, folded);
  }
  return folded;
}

/** An aggregate that has no event yet. */
export function unborn<State>({ initial }: Pick<Aggregate<State>, 'initial'>): Folded<State> {
  return { state: initial, version: 0, position: 0n };
}

function missing(streamId: string, last: number, next: number): Terminal {
  return new Terminal(
    'events-missing',
    `Stream ${streamId} goes on with event ${next} after ${last}: its state can not be told without those in between; restore them, or a snapshot of that version.`,
    { details: { streamId, after: last, next } },
  );
}
