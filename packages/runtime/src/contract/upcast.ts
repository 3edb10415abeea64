import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Terminal } from '../errors/errors.ts';
import type { Event } from '../message/message.ts';
import type { Schemas } from './contract.ts';
import { isVersioned, versionOf } from './versioned.ts';

/**
 * A stored event as it would be written today. Readers are tolerant: the data is not validated again, what it has beyond
 * its schema stays, and an event of a type that the contract does not know is returned as it is.
 * @throws Terminal `event-too-new` when a later release wrote it, `upcast-failed` when a step throws.
 */
export function upcast<Stored extends Pick<Event, 'type' | 'schemaVersion' | 'data'>>(
  events: Schemas,
  event: Stored,
): Stored {
  const schema = Object.hasOwn(events, event.type) ? events[event.type] : undefined;
  if (schema === undefined) return event;
  const version = versionOf(schema);
  if (event.schemaVersion === version) return event;
  if (event.schemaVersion > version) throw tooNew(event, version);
  return { ...event, data: stepped(schema, event), schemaVersion: version };
}

function stepped(schema: StandardSchemaV1, event: Pick<Event, 'type' | 'schemaVersion' | 'data'>): unknown {
  if (!isVersioned(schema)) return event.data;
  let data = event.data;
  for (let from = event.schemaVersion; from < schema.version; from += 1) {
    try {
      // What the step takes is what was written at that version, by the types of `versioned`.
      data = schema.upcast[from]!(data as never);
    } catch (cause) {
      throw new Terminal(
        'upcast-failed',
        `The step of event ${event.type} from version ${from} to ${from + 1} threw on stored data: correct it and deploy again.`,
        { cause, details: { type: event.type, from } },
      );
    }
  }
  return data;
}

function tooNew({ type, schemaVersion }: Pick<Event, 'type' | 'schemaVersion'>, known: number): Terminal {
  return new Terminal(
    'event-too-new',
    `Event ${type} is at version ${schemaVersion} of its schema and this release knows up to ${known}: deploy the release that wrote it, or a later one.`,
    { details: { type, schemaVersion, known } },
  );
}
