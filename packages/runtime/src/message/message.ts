/** What travels with every command and event, so that a chain of cause and effect can be followed. */
export interface Metadata {
  /** Identifies this message; a UUID. A command that is sent twice with one id takes effect once. */
  readonly id: string;
  /** Shared by everything that began with one request. */
  readonly correlationId: string;
  /** The id of the message that led to this one; absent on the first. */
  readonly causationId?: string;
  /** When the message was made, ISO 8601 in UTC. */
  readonly at: string;
  /** W3C trace context of the request that made it. */
  readonly traceparent?: string;
}

/** An intent that may be refused. */
export interface Command<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
  readonly metadata: Metadata;
}

/** A fact, past tense, immutable. */
export interface Event<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
  /** Version of the data's schema, from 1. */
  readonly schemaVersion: number;
  readonly metadata: Metadata;
}

/** An event as an event store keeps it. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends Event<Type, Data> {
  readonly streamId: string;
  /** The event's number in its stream: 1, 2, 3, without a gap. */
  readonly version: number;
  /** The event's place in the order of the whole store. Grows; may have gaps. */
  readonly position: bigint;
  /** When the store wrote it, by the store's clock; clocks may step back, positions never do. Every event store gives it. */
  readonly recordedAt?: Date;
}

/** Sources of identity and time, passed in so that tests decide both. */
export interface Origin {
  readonly newId: () => string;
  readonly now: () => Date;
}

/** The origin of production code: random UUIDs and the wall clock. */
export const systemOrigin: Origin = { newId: () => globalThis.crypto.randomUUID(), now: () => new Date() };

/** Metadata for a message that `cause` led to, or that begins a chain of its own where there is none. */
export function metadataAfter(cause: Metadata | undefined, origin: Origin = systemOrigin): Metadata {
  const id = origin.newId();
  const at = origin.now().toISOString();
  if (cause === undefined) return { id, correlationId: id, at };
  return {
    id,
    correlationId: cause.correlationId,
    causationId: cause.id,
    at,
    ...(cause.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
  };
}
