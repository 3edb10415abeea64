import assert from 'node:assert/strict';
import type { Aggregate, DecisionContext } from '../aggregate/aggregate.ts';
import { fold } from '../aggregate/fold.ts';
import type { MessageOf, Schemas } from '../contract/contract.ts';
import { Rejected } from '../errors/errors.ts';

/** What is expected of a decision; assertion errors where it differs. */
export interface Outcome<Events extends Schemas> {
  /** Exactly these events, in this order. */
  then(events: readonly MessageOf<Events>[]): void;
  /** A refusal with this code and no other failure. */
  thenRejected(code: string): void;
}

/** A history that waits for a command. */
export interface Given<Commands extends Schemas, Events extends Schemas> {
  when(command: MessageOf<Commands>, context?: Partial<DecisionContext>): Outcome<Events>;
}

/** A specification of an aggregate: given what has happened, when this is asked, then that happens. */
export function given<State, Commands extends Schemas, Events extends Schemas>(
  aggregate: Aggregate<State, Commands, Events>,
  history: readonly MessageOf<Events>[] = [],
): Given<Commands, Events> {
  return {
    when: (command, context) => {
      const decide = () => decideOn(aggregate, history, command, context);
      return {
        // biome-ignore lint/suspicious/noThenProperty: the word of the specification; nobody awaits this object.
        then: (events) => assert.deepStrictEqual(decide(), events),
        thenRejected: (code) =>
          assert.throws(decide, (error) => {
            if (!(error instanceof Rejected)) throw error;
            assert.equal(error.code, code);
            return true;
          }),
      };
    },
  };
}

function decideOn<State, Commands extends Schemas, Events extends Schemas>(
  aggregate: Aggregate<State, Commands, Events>,
  history: readonly MessageOf<Events>[],
  command: MessageOf<Commands>,
  context: Partial<DecisionContext> = {},
): readonly MessageOf<Events>[] {
  const state = fold(aggregate, aggregate.initial, history);
  const decision = aggregate.decide[command.type](state, command.data, {
    id: 'given',
    version: history.length,
    metadata: { id: 'command', correlationId: 'command', at: '2001-01-01T00:00:00.000Z' },
    ...context,
  });
  return Array.isArray(decision) ? decision : [decision as MessageOf<Events>];
}
