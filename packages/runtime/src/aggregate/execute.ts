import type { InputOf, Schemas } from '../contract/contract.ts';
import { Invalid } from '../errors/errors.ts';
import type { EventStore, ExpectedVersion } from '../event-store/event-store.ts';
import { type Metadata, metadataAfter, type Origin, systemOrigin } from '../message/message.ts';
import type { SnapshotOptions } from '../snapshot/snapshot-options.ts';
import { systemTiming, type Timing } from '../timing/timing.ts';
import { type Aggregate, streamOf } from './aggregate.ts';
import type { Executed } from './batch.ts';
import { validData } from './command.ts';
import type { Image } from './image.ts';
import { ImageCache } from './image-cache.ts';
import { Images } from './images.ts';
import { Mailbox } from './mailbox.ts';
import type { MailboxWork } from './mailbox-work.ts';
import { Snapshots } from './snapshots.ts';

/** What an aggregate handler works with. */
export interface AggregateHandlerOptions<State, Commands extends Schemas, Events extends Schemas> {
  readonly store: EventStore;
  readonly aggregate: Aggregate<State, Commands, Events>;
  readonly origin?: Origin;
  /** For the pauses between retries. */
  readonly timing?: Timing;
  /** How often a command is decided again after a conflict or while the store is unavailable, default 5: about a second. */
  readonly retries?: number;
  /** Commands that may wait or run per aggregate id in this process, default 1000. */
  readonly mailboxLimit?: number;
  /** Commands to one aggregate that one append may hold, default 500. */
  readonly maxCommandsPerAppend?: number;
  /** Bytes of events, about, that one append may hold, default 1 MiB; a command that decides more has one of its own. */
  readonly maxBytesPerAppend?: number;
  /** Memory for aggregates that nobody works on, about, in bytes; default 64 MiB, 0 keeps none. */
  readonly memoryBytes?: number;
  /** Without it there are no snapshots. */
  readonly snapshots?: SnapshotOptions;
}

/** What travels with one command. */
export interface ExecuteOptions {
  /** The message that led to the command. */
  readonly cause?: Metadata;
  /** The command's id, a UUID; sent twice to one aggregate, it takes effect once. Made up where absent. */
  readonly commandId?: string;
  /** What the sender believes about the aggregate, default `any`. */
  readonly expected?: ExpectedVersion;
}

/** Executes the commands of one kind of aggregate. */
export interface AggregateHandler<State, Commands extends Schemas> {
  /**
   * Validates, decides and appends; answers when the events are committed. Commands for one id are decided in the order in
   * which they come, and those that come together are committed together.
   * @throws Invalid `no-id`, `unknown-command` or `invalid-command` (details `problems: { field, message }[]`).
   * @throws Rejected when the domain refuses.
   * @throws Conflict `stream-conflict` when `expected` does not hold, or after the last retry.
   * @throws Unavailable `mailbox-full`, or what the store says after the last retry; `append-outcome-unknown` is the only one after
   * which the command may have taken effect.
   */
  execute<Type extends keyof Commands & string>(
    id: string,
    type: Type,
    data: InputOf<Commands, Type>,
    options?: ExecuteOptions,
  ): Promise<Executed<State>>;
  /** Resolves when every snapshot that is due has been written or given up. */
  flush(): Promise<void>;
}

/** The command path of an aggregate: one mailbox per id, the expected version as the guard between processes. */
export function aggregateHandler<State, Commands extends Schemas, Events extends Schemas>(
  options: AggregateHandlerOptions<State, Commands, Events>,
): AggregateHandler<State, Commands> {
  const { aggregate, origin = systemOrigin, memoryBytes = 64 * 1024 * 1024 } = options;
  const snapshots =
    options.snapshots === undefined ? undefined : new Snapshots<State>(aggregate, options.snapshots);
  const work = workOf(options, origin, snapshots);
  const memory = new ImageCache<State>(memoryBytes);
  const mailboxes = new Map<string, Mailbox<State, Commands, Events>>();

  function mailboxOf(id: string): Mailbox<State, Commands, Events> {
    const known = mailboxes.get(id);
    if (known !== undefined) return known;
    const streamId = streamOf(aggregate.name, id);
    const idle = (image: Image<State> | undefined) => {
      mailboxes.delete(id);
      if (image !== undefined) memory.put(streamId, image);
    };
    const mailbox = new Mailbox(work, { id, streamId, idle }, memory.take(streamId));
    mailboxes.set(id, mailbox);
    return mailbox;
  }

  async function execute(
    id: string,
    type: string,
    data: unknown,
    { cause, commandId, expected = 'any' }: ExecuteOptions = {},
  ): Promise<Executed<State>> {
    if (id === '') throw new Invalid('no-id', `${type} needs the id of a ${aggregate.name}; it is empty.`);
    const validating = validData(aggregate, type, data);
    // Not awaited where it is there, so that commands stay in the order in which they came.
    const valid = validating instanceof Promise ? await validating : validating;
    const first = metadataAfter(cause, origin);
    const metadata = commandId === undefined ? first : identified(first, commandId, cause);
    return mailboxOf(id).put({ type, data: valid, metadata, expected, repeatable: commandId !== undefined });
  }

  return { execute, flush: async () => snapshots?.flush() };
}

function workOf<State, Commands extends Schemas, Events extends Schemas>(
  options: AggregateHandlerOptions<State, Commands, Events>,
  origin: Origin,
  snapshots: Snapshots<State> | undefined,
): MailboxWork<State, Commands, Events> {
  const { store, aggregate, timing = systemTiming, retries = 5, mailboxLimit = 1_000 } = options;
  const { maxCommandsPerAppend = 500, maxBytesPerAppend = 1024 * 1024 } = options;
  const append = { commands: maxCommandsPerAppend, bytes: maxBytesPerAppend };
  const images = new Images(store, aggregate, snapshots);
  return { store, aggregate, images, origin, timing, retries, limit: mailboxLimit, append };
}

function identified(metadata: Metadata, id: string, cause: Metadata | undefined): Metadata {
  return { ...metadata, id, ...(cause === undefined ? { correlationId: id } : {}) };
}
