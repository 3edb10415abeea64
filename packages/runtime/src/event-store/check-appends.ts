import { Invalid } from '../errors/errors.ts';
import { jsonSize } from '../json/json-size.ts';
import type { Event } from '../message/message.ts';
import type { AppendOptions, StreamAppend } from './event-store.ts';
import { checkExpected } from './expected-version.ts';

const longestCommandId = 255;
const longestStreamId = 500;
const longestType = 255;
/** Whoever appends holds up all others for as long as it takes to write. */
const mostEvents = 10_000;
const mostCharacters = 16 * 1024 * 1024;
const newestSchema = 2 ** 31 - 1;

/** What PostgreSQL and other stores can not keep in a text: NUL, and half a character. */
const unkept = /\0|\p{Surrogate}/u;

/**
 * Checks what needs no store.
 * @throws Invalid `no-append`, `empty-append`, `stream-twice`, `expected-version`, `command-id`, `stream-id`, `event-type`,
 * `schema-version`, `event-data`, `event-metadata` or `append-too-large`.
 */
export function checkAppends(appends: readonly StreamAppend[], { commandId }: AppendOptions = {}): void {
  if (commandId !== undefined) checkText('command-id', 'command id', commandId, longestCommandId);
  if (appends.length === 0)
    throw new Invalid('no-append', 'An append needs at least one stream; none was given.');
  const seen = new Set<string>();
  let count = 0;
  let characters = 0;
  for (const { streamId, events, expected } of appends) {
    checkText('stream-id', 'stream id', streamId, longestStreamId);
    if (events.length === 0)
      throw new Invalid('empty-append', `No event was given for stream ${streamId}; give at least one.`);
    if (seen.has(streamId))
      throw new Invalid(
        'stream-twice',
        `Stream ${streamId} is named twice in one append; put its events together.`,
      );
    checkExpected(streamId, expected);
    seen.add(streamId);
    count += events.length;
    for (const event of events) characters += checkEvent(streamId, event);
  }
  if (count > mostEvents || characters > mostCharacters) throw tooLarge(count, characters);
}

/** Gives about how many characters it has. */
function checkEvent(streamId: string, { type, schemaVersion, data, metadata }: Event): number {
  checkText('event-type', 'type of an event', type, longestType);
  if (!(Number.isInteger(schemaVersion) && schemaVersion >= 1 && schemaVersion <= newestSchema))
    throw new Invalid(
      'schema-version',
      `The schema version of ${type} in ${streamId} is a whole number from 1, not ${schemaVersion}.`,
    );
  if (typeof metadata !== 'object' || metadata === null)
    throw new Invalid('event-metadata', `${type} in ${streamId} has no metadata: see metadataAfter.`);
  return (
    (data === undefined ? 0 : sizeOf('event-data', `data of ${type} in ${streamId}`, data)) +
    sizeOf('event-metadata', `metadata of ${type} in ${streamId}`, metadata)
  );
}

function sizeOf(code: string, what: string, value: unknown): number {
  try {
    return jsonSize(value);
  } catch (error) {
    throw new Invalid(code, `The ${what} can not be kept: ${(error as Error).message}.`, { cause: error });
  }
}

function checkText(code: string, what: string, text: unknown, longest: number): void {
  if (typeof text !== 'string')
    throw new Invalid(code, `A ${what} is a text, not ${text === null ? 'null' : typeof text}.`);
  if (text === '' || text.length > longest)
    throw new Invalid(code, `A ${what} has 1 to ${longest} characters; one of ${text.length} was given.`);
  if (unkept.test(text))
    throw new Invalid(
      code,
      `A ${what} holds neither NUL nor half a character; ${JSON.stringify(text)} does.`,
    );
}

function tooLarge(count: number, characters: number): Invalid {
  return new Invalid(
    'append-too-large',
    `An append has ${mostEvents} events and about ${mostCharacters} characters at most; one of ${count} events and ${characters} characters was given: append in parts, or keep large things elsewhere.`,
  );
}
