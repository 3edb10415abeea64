import type { InputOf, Schemas } from '../contract/contract.ts';
import { sentenceOf, validate } from '../contract/validate.ts';
import { Conflict, Invalid, Terminal } from '../errors/errors.ts';
import type { EventStore, ExpectedVersion } from '../event-store/event-store.ts';
import { holdsAt, streamConflict } from '../event-store/expected-version.ts';
import { type Event, type Metadata, metadataAfter, type Origin, systemOrigin } from '../message/message.ts';
import { type Aggregate, type Decision, streamOf } from './aggregate.ts';
import { fold, load } from './fold.ts';
import { Mailbox } from './mailbox.ts';

/** What an aggregate handler works with. */
export interface AggregateHandlerOptions<State, Commands extends Schemas, Events extends Schemas> {
  readonly store: EventStore;
  readonly aggregate: Aggregate<State, Commands, Events>;
  readonly origin?: Origin;
  /** How often a command is decided again after a conflict, default 5. */
  readonly retries?: number;
  /** Commands that may wait or run per aggregate id in this process, default 100. */
  readonly mailboxLimit?: number;
}

/** What travels with one command. */
export interface ExecuteOptions {
  /** The message that led to the command. */
  readonly cause?: Metadata;
  /** The command's id, a UUID; sent twice, it takes effect once. Made up where absent. */
  readonly commandId?: string;
  /** What the sender believes about the aggregate, default `any`. */
  readonly expected?: ExpectedVersion;
}

/** What a command has led to. */
export interface Executed<State = unknown> {
  /** The aggregate's version afterwards. */
  readonly version: number;
  /** A reader that has reached this position has seen the events. */
  readonly position: bigint;
  /** Empty when the command changed nothing; the earlier events when it was sent before. */
  readonly events: readonly Event[];
  readonly state: State;
}

/** Executes the commands of one kind of aggregate. */
export interface AggregateHandler<State, Commands extends Schemas> {
  /**
   * Validates, loads, decides and appends; commands for one id run in turn.
   * @throws Invalid `no-id`, `unknown-command` or `invalid-command` (details `problems: { field, message }[]`).
   * @throws Rejected when the domain refuses.
   * @throws Conflict `stream-conflict` when `expected` does not hold, or after the last retry.
   * @throws Unavailable `mailbox-full`.
   */
  execute<Type extends keyof Commands & string>(
    id: string,
    type: Type,
    data: InputOf<Commands, Type>,
    options?: ExecuteOptions,
  ): Promise<Executed<State>>;
}

/** The command path of an aggregate: one mailbox per id, the expected version as the guard between processes. */
export function aggregateHandler<State, Commands extends Schemas, Events extends Schemas>(
  options: AggregateHandlerOptions<State, Commands, Events>,
): AggregateHandler<State, Commands> {
  const { aggregate, origin = systemOrigin, mailboxLimit = 100 } = options;
  const mailbox = new Mailbox(mailboxLimit);
  return {
    execute: async (id, type, data, { cause, commandId, expected = 'any' } = {}) => {
      if (id === '') throw new Invalid('no-id', `${type} needs the id of a ${aggregate.name}; it is empty.`);
      const valid = await validCommand(aggregate, type, data);
      const first = metadataAfter(cause, origin);
      const metadata = commandId === undefined ? first : identified(first, commandId, cause);
      const command = { id, type, data: valid, metadata, expected };
      return mailbox.inTurn(streamOf(aggregate.name, id), () => executeWithRetries(options, command));
    },
  };
}

type Named = Pick<Aggregate, 'name' | 'contract'>;

interface ValidCommand {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: Metadata;
  readonly expected: ExpectedVersion;
}

function identified(metadata: Metadata, id: string, cause: Metadata | undefined): Metadata {
  return { ...metadata, id, ...(cause === undefined ? { correlationId: id } : {}) };
}

async function validCommand(aggregate: Named, type: string, data: unknown): Promise<unknown> {
  const { commands } = aggregate.contract;
  if (!Object.hasOwn(commands, type)) {
    const known = Object.keys(commands).join(', ');
    throw new Invalid('unknown-command', `${aggregate.name} has no command ${type}; it has ${known}.`);
  }
  const result = await validate(commands[type]!, data);
  if ('value' in result) return result.value;
  const { problems } = result;
  throw new Invalid('invalid-command', `${type} is not valid: ${sentenceOf(problems)}.`, {
    details: { problems },
  });
}

async function executeWithRetries<State, Commands extends Schemas, Events extends Schemas>(
  options: AggregateHandlerOptions<State, Commands, Events>,
  command: ValidCommand,
): Promise<Executed<State>> {
  const { retries = 5 } = options;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await executeOnce(options, command);
    if (!(outcome instanceof Conflict)) return outcome;
    if (attempt >= retries) throw outcome;
  }
}

/** Returns the conflict of a lost race, so that only that is decided again. */
async function executeOnce<State, Commands extends Schemas, Events extends Schemas>(
  { store, aggregate, origin = systemOrigin }: AggregateHandlerOptions<State, Commands, Events>,
  command: ValidCommand,
): Promise<Executed<State> | Conflict> {
  const { id, metadata, expected } = command;
  const { state, version, position, earlier } = await load(store, aggregate, id, metadata.id);
  if (earlier.length > 0) return { version, position, events: earlier, state };
  const streamId = streamOf(aggregate.name, id);
  if (!holdsAt(expected, version)) throw streamConflict(streamId, expected, version);
  const decide = aggregate.decide[command.type as keyof Commands & string];
  const decision = decide(state, command.data as never, { id, version, metadata });
  const events = await writtenEvents(aggregate, decision, metadata, origin);
  if (events.length === 0) return { version, position, events, state };
  try {
    const appended = await store.append([{ streamId, expected: version, events }]);
    const next = fold(aggregate, state, events);
    return { version: appended.versions[0]!, position: appended.position, events, state: next };
  } catch (caught) {
    if (caught instanceof Conflict) return caught;
    throw caught;
  }
}

/** Writers are strict: an event that breaks its own contract is not written. */
async function writtenEvents(
  { name, contract }: Named,
  decision: Decision<Schemas>,
  cause: Metadata,
  origin: Origin,
): Promise<Event[]> {
  const drafts = (Array.isArray(decision) ? decision : [decision]) as { type: string; data: unknown }[];
  return Promise.all(
    drafts.map(async ({ type, data }) => {
      const schema = Object.hasOwn(contract.events, type) ? contract.events[type] : undefined;
      if (schema === undefined)
        throw new Terminal('unknown-event', `${name} decided ${type}, not in its contract.`);
      const result = await validate(schema, data);
      if ('problems' in result)
        throw new Terminal(
          'invalid-event',
          `${name} decided a wrong ${type}: ${sentenceOf(result.problems)}.`,
        );
      return { type, data: result.value, schemaVersion: 1, metadata: metadataAfter(cause, origin) };
    }),
  );
}
