import type { Schemas } from '../contract/contract.ts';
import { sentenceOf, type Validation, validate } from '../contract/validate.ts';
import { versionOf } from '../contract/versioned.ts';
import { Terminal } from '../errors/errors.ts';
import { holdsAt, streamConflict } from '../event-store/expected-version.ts';
import { jsonSize } from '../json/json-size.ts';
import { type Event, type Metadata, metadataAfter, type Origin } from '../message/message.ts';
import { type Aggregate, type Decision, streamOf } from './aggregate.ts';
import type { ValidCommand } from './command.ts';
import { fold } from './fold.ts';

/** A state and the version of the event that it ends with. */
export interface Tip<State> {
  readonly state: State;
  /** 0 when there is no event yet. */
  readonly version: number;
}

/** What a command comes to on some state. */
export type Decided<State> =
  | {
      readonly kind: 'events';
      /** At least one. */
      readonly events: readonly Event[];
      /** About how long they are as JSON. */
      readonly bytes: number;
      readonly tip: Tip<State>;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly error: unknown };

interface Drafts {
  readonly drafts: readonly { readonly type: string; readonly data: unknown }[];
  readonly cause: Metadata;
  readonly origin: Origin;
}

/** Decides a command on a state, committed or not; never throws. At once, unless a schema of an event takes its time. */
export function decide<State, Commands extends Schemas, Events extends Schemas>(
  aggregate: Aggregate<State, Commands, Events>,
  id: string,
  tip: Tip<State>,
  command: ValidCommand,
  origin: Origin,
): Decided<State> | Promise<Decided<State>> {
  const { type, data, metadata, expected } = command;
  try {
    if (!holdsAt(expected, tip.version))
      throw streamConflict(streamOf(aggregate.name, id), expected, tip.version);
    const context = { id, version: tip.version, metadata };
    const decision = aggregate.decide[type as keyof Commands & string](tip.state, data as never, context);
    const drafts = draftsOf(decision);
    if (drafts.length === 0) return { kind: 'nothing' };
    const validations = drafts.map((draft) => validate(schemaOf(aggregate, draft.type), draft.data));
    const given = { drafts, cause: metadata, origin };
    return validations.some((one) => one instanceof Promise)
      ? Promise.all(validations)
          .then((all) => decided(aggregate, tip, given, all))
          .catch(refused)
      : decided(aggregate, tip, given, validations as Validation[]);
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): { readonly kind: 'refused'; readonly error: unknown } {
  return { kind: 'refused', error };
}

function draftsOf(decision: Decision<Schemas>): Drafts['drafts'] {
  return (Array.isArray(decision) ? decision : [decision]) as Drafts['drafts'];
}

function schemaOf({ name, contract }: Pick<Aggregate, 'name' | 'contract'>, type: string) {
  const schema = Object.hasOwn(contract.events, type) ? contract.events[type] : undefined;
  if (schema !== undefined) return schema;
  throw new Terminal('unknown-event', `${name} decided ${type}, not in its contract.`);
}

/** Writers are strict: an event that breaks its own contract, or would not come back as it was written, is not written. */
function decided<State, Commands extends Schemas, Events extends Schemas>(
  aggregate: Aggregate<State, Commands, Events>,
  tip: Tip<State>,
  { drafts, cause, origin }: Drafts,
  validations: readonly Validation[],
): Decided<State> {
  let bytes = 0;
  const events = drafts.map(({ type }, index): Event => {
    const validation = validations[index]!;
    if ('problems' in validation) throw wrongEvent(aggregate.name, type, sentenceOf(validation.problems));
    const data = validation.value;
    bytes += sizeOf(aggregate.name, type, data);
    const schemaVersion = versionOf(schemaOf(aggregate, type));
    return { type, data, schemaVersion, metadata: metadataAfter(cause, origin) };
  });
  const state = fold(aggregate, tip.state, events);
  return { kind: 'events', events, bytes, tip: { state, version: tip.version + events.length } };
}

/** What surrounds the data of an event, roughly. */
const envelope = 300;

function sizeOf(name: string, type: string, data: unknown): number {
  if (data === undefined) return envelope;
  try {
    return envelope + jsonSize(data);
  } catch (error) {
    throw wrongEvent(name, type, (error as Error).message);
  }
}

function wrongEvent(name: string, type: string, problems: string): Terminal {
  return new Terminal('invalid-event', `${name} decided a wrong ${type}: ${problems}.`);
}
