import { BanyanError, Terminal } from '../errors/errors.ts';
import type { Event, RecordedEvent } from '../message/message.ts';

/**
 * What stands between an event and its row: the place for encrypting data, or fields of it, that nobody else need know of. Type, stream,
 * versions and metadata are kept as they are, because the store looks at them. Both functions may give a promise.
 *
 * A codec says in what it keeps how to read it again (the name of a key, say): a log holds events of many years.
 */
export interface EventCodec {
  /** What to keep in place of `event.data`: JSON. */
  encode(event: Event, streamId: string): unknown;
  /**
   * The data again; `event.data` is what was kept.
   * @throws Terminal, see `eventKeyMissing`, when it can't be told and never will; Unavailable when it may be later.
   */
  decode(event: RecordedEvent): unknown;
}

/** The error of a codec that lacks the key of an event. */
export function eventKeyMissing({ streamId, version }: RecordedEvent, key: string): Terminal {
  return new Terminal(
    'event-key-missing',
    `Event ${version} of stream ${streamId} can not be read without the key ${key}: give it to the codec, or leave the event out where the key was destroyed on purpose.`,
    { details: { streamId, version, key } },
  );
}

/** Turns what a codec threw when reading an event into an error that names the event; an error of ours stays as it is. */
export function eventNotDecoded({ streamId, version }: RecordedEvent, cause: unknown): BanyanError {
  if (cause instanceof BanyanError) return cause;
  return new Terminal(
    'event-not-decoded',
    `Event ${version} of stream ${streamId} can not be read (${messageOf(cause)}): use the codec that it was written with.`,
    { cause, details: { streamId, version } },
  );
}

/** Turns what a codec threw when an event was to be written into an error that names the stream; an error of ours stays as it is. */
export function eventNotEncoded({ type }: Event, streamId: string, cause: unknown): BanyanError {
  if (cause instanceof BanyanError) return cause;
  return new Terminal(
    'event-not-encoded',
    `An event ${type} of stream ${streamId} can not be written (${messageOf(cause)}): mend its codec.`,
    { cause, details: { streamId, type } },
  );
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
