import type { Contract, DataOf, MessageOf, Schemas } from '../contract/contract.ts';
import type { Metadata } from '../message/message.ts';

/** What a decision may depend on besides state and data. */
export interface DecisionContext {
  /** The aggregate's own id. */
  readonly id: string;
  /** Version of the state, 0 for an aggregate that does not exist yet. */
  readonly version: number;
  /** The command's own metadata; its `at` is the time to decide by. */
  readonly metadata: Metadata;
}

/** What a decision comes to: one event, several, or none when nothing is to change. */
export type Decision<Events extends Schemas> = MessageOf<Events> | readonly MessageOf<Events>[];

/**
 * One handler for every command of the contract: pure, throws `Rejected` when a rule of the domain refuses, returns the
 * events otherwise.
 */
export type Decide<State, Commands extends Schemas, Events extends Schemas> = {
  readonly [Type in keyof Commands & string]: (
    state: State,
    data: DataOf<Commands, Type>,
    context: DecisionContext,
  ) => Decision<Events>;
};

/** One case for every event of the contract: pure, total, returns the next state. */
export type Evolve<State, Events extends Schemas> = {
  readonly [Type in keyof Events & string]: (state: State, data: DataOf<Events, Type>) => State;
};

/** How a state that is not plain JSON (a Set, a Date, a bigint) is kept in a snapshot. */
export interface StateCodec<State> {
  /** Gives plain JSON. */
  readonly encode: (state: State) => unknown;
  /** Gives the state back from what `encode` gave. */
  readonly decode: (json: never) => State;
}

/**
 * The unit of consistency: one stream, one order. States are values: `decide` and `evolve` never change the one they are
 * given, because it is shared by commands that are decided side by side and stays in memory.
 */
export interface Aggregate<
  State = unknown,
  Commands extends Schemas = Schemas,
  Events extends Schemas = Schemas,
> {
  /** Streams are called `name-id`. */
  readonly name: string;
  readonly contract: Contract<Commands, Events>;
  /** The state before the first event. */
  readonly initial: State;
  readonly decide: Decide<State, Commands, Events>;
  readonly evolve: Evolve<State, Events>;
  /** Version of the state's shape, default 1. Raise it when `evolve` or the shape changes: older snapshots are then discarded. */
  readonly stateVersion?: number;
  /** Needed for snapshots of a state that is not plain JSON. */
  readonly stateCodec?: StateCodec<State>;
}

/** Declares an aggregate; a missing case, an unknown event and a wrong payload do not compile. */
export function aggregate<State, Commands extends Schemas, Events extends Schemas>(definition: {
  readonly name: string;
  readonly contract: Contract<Commands, Events>;
  readonly initial: State;
  readonly decide: Decide<NoInfer<State>, NoInfer<Commands>, NoInfer<Events>>;
  readonly evolve: Evolve<NoInfer<State>, NoInfer<Events>>;
  readonly stateVersion?: number;
  readonly stateCodec?: StateCodec<NoInfer<State>>;
}): Aggregate<State, Commands, Events> {
  return definition;
}

/** The stream that keeps an aggregate's events. */
export function streamOf(name: string, id: string): string {
  return `${name}-${id}`;
}
