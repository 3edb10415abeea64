import {
  type AppendOptions,
  type AppendResult,
  checkAppends,
  type EventCodec,
  type EventRemoval,
  type EventStore,
  type RetentionPolicy,
  type StreamAppend,
  Unavailable,
} from '@banyan/runtime';
import type pg from 'pg';
import { toPostgresError } from '../errors.ts';
import { appendWithin, checkAppendWithin } from '../outbox/append-within.ts';
import type { SqlTransaction } from '../outbox/sql-transaction.ts';
import { defaultSchema } from '../prepare-database.ts';
import { queryPrepared } from '../prepared-statement.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { type RemovedFromLog, type RemoveEventsOptions, removeEvents } from '../removal/remove-events.ts';
import { closeStream, streamStatus } from '../removal/stream-status.ts';
import { limited } from '../time-limit.ts';
import { beginOfLog, inReadCommitted, inTransaction, lostConnection, withClient } from '../transaction.ts';
import { appendAtOnce } from './append-at-once.ts';
import type { AppendRow } from './append-batch.ts';
import { encodeEvents } from './coded-events.ts';
import { checkPageBytes, defaultPageBytes } from './event-page.ts';
import { followEvents } from './follow-events.ts';
import { forgetCommands } from './forget-commands.ts';
import { type Batch, GroupCommit } from './group-commit.ts';
import { GroupRead } from './group-read.ts';
import { InlineFailure, type InlineProjection, InlineProjections } from './inline-projections.ts';
import { Partitions } from './partitions.ts';
import { readStream } from './read-stream.ts';

/** Where the events lie. */
export interface PostgresEventStoreOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
  /** How long the ids of commands are remembered, in milliseconds, default 7 days; a minute at least. */
  readonly rememberCommandsMs?: number;
  /**
   * Bytes of data and metadata that are read at once, default 16 MiB; an event that is larger comes alone. Streams that are read together
   * share them, with one event of each at least.
   */
  readonly pageBytes?: number;
  /** What stands between events and their rows, default none: data is kept as the JSON that it is. */
  readonly codec?: EventCodec;
  /**
   * Projections that `append` takes along in its own transaction, so that their rows are there when it returns. A handler that fails
   * refuses the append whose event it failed on, with what it threw. All appends of the database wait for the handlers, because the next
   * position can't be given before: a handful of statements for each commit, which concurrent appends share. Where a projection is
   * paused, held, in lanes, of another version or more than 500 events behind, the append goes on without it and leaves it to its
   * follower (`project`), as it does with events of `appendWithin` and of stores without this.
   */
  readonly inline?: readonly InlineProjection[];
}

/** An event store with what only a database can do. */
export interface PostgresEventStore extends EventStore, EventRemoval {
  /**
   * Appends in a transaction of the caller: the outbox. The events are in the log some moments after the commit, in the order in which
   * they were given, and after what was committed before they were given; if the caller rolls back they never are. Nobody waits for
   * such a transaction, however long it stays open. Appends can expect nothing (`any`), because nobody could be told later. The caller
   * is not told positions; a command id takes effect when the events are moved. They are moved by whoever reads the feed, or by
   * `relayOutbox`.
   *
   * If a stream is closed between this call and then, the append is kept in the table `outbox_refused`.
   * @throws Invalid `expected-in-transaction`, and what `append` throws
   * @throws Rejected `stream-closed`; nothing was written, and the transaction can go on.
   */
  appendWithin(
    transaction: SqlTransaction,
    appends: readonly StreamAppend[],
    options?: AppendOptions,
  ): Promise<void>;

  /**
   * Appends in a transaction of the caller, at once, and takes inline projections along: everything is committed together, or nothing is. Unlike
   * `appendWithin` it may expect versions, and tells them. All who append wait until the transaction ends, and so it must be a short one; give
   * it a limit (`idle_in_transaction_session_timeout`). After an error it can only be rolled back. The first one of a
   * store needs another connection of the pool for a moment, which a pool of one connection does not have then.
   * @throws Invalid `isolation-level` where the transaction is not of isolation level read committed, and what `append` throws
   */
  appendAtOnce(client: pg.PoolClient, appends: readonly StreamAppend[]): Promise<AppendResult>;

  /**
   * As the port says, and nothing that a subscription of this database has still to read, unless that is named in `ignore`.
   * @throws Invalid `retention-policy`
   */
  removeEvents(policy: RetentionPolicy, options?: RemoveEventsOptions): Promise<RemovedFromLog>;
}

const week = 7 * 24 * 60 * 60_000;

/**
 * An event store in tables that `prepareDatabase` makes. Positions are in commit order and hold no transaction ids, so an
 * open transaction of anybody else neither hides an event from readers nor stalls them.
 *
 * Works through a pooler like pgbouncer in transaction mode; readers are then not woken by notifications and look once a second.
 *
 * Appends that come while another is under way are committed together. `append` throws, beside what the port says,
 * Unavailable `append-outcome-unknown` when the connection broke while the answer was on its way: the events may be there or not.
 * @throws Invalid `page-bytes`
 */
export function postgresEventStore(
  pool: pg.Pool,
  options: PostgresEventStoreOptions = {},
): PostgresEventStore {
  const { schema = defaultSchema, codec, pageBytes = defaultPageBytes } = options;
  checkPageBytes(pageBytes);
  const partitions = new Partitions(pool, schema);
  const inline = options.inline?.length ? new InlineProjections(schema, options.inline, codec) : undefined;
  const commits = new GroupCommit((batch) =>
    partitions.provide(() => sendAppends(pool, schema, batch, inline)),
  );
  const reads = new GroupRead(pool, schema, pageBytes);
  const commandUsed = forgetCommands(pool, schema, options.rememberCommandsMs ?? week);
  return {
    async append(appends, appendOptions) {
      checkAppends(appends, appendOptions);
      const result = await commits.append(
        codec ? await encodeEvents(codec, appends) : appends,
        appendOptions,
      );
      partitions.reached(result.position);
      if (appendOptions?.commandId !== undefined) commandUsed();
      return result;
    },
    async appendWithin(transaction, appends, appendOptions) {
      checkAppendWithin(appends, appendOptions);
      await appendWithin(
        transaction,
        schema,
        codec ? await encodeEvents(codec, appends) : appends,
        appendOptions,
      );
    },
    async appendAtOnce(client, appends) {
      checkAppends(appends);
      const encoded = codec ? await encodeEvents(codec, appends) : appends;
      await partitions.ready();
      const result = await appendAtOnce(client, schema, encoded, inline);
      partitions.reached(result.position);
      return result;
    },
    readStream: (streamId, range) => readStream(reads, streamId, range, codec),
    read: (readOptions) => followEvents(pool, schema, readOptions, { codec, bytes: pageBytes }),
    head: () => head(pool, schema),
    closeStream: (streamId, expected) => closeStream(pool, schema, streamId, expected),
    streamStatus: (streamId) => streamStatus(pool, schema, streamId),
    removeEvents: (policy, removalOptions) => removeEvents(pool, schema, policy, removalOptions),
  };
}

async function sendAppends(
  pool: pg.Pool,
  schema: string,
  batch: Batch,
  inline: InlineProjections | undefined,
): Promise<readonly AppendRow[]> {
  const { appends, commands, distinct } = batch;
  const name = !distinct ? 'append' : commands === null ? 'append_distinct' : 'append_commands';
  // A null within an array is a text of four letters where somebody has set array_nulls to off.
  const text = `select * from ${quoteIdentifier(schema)}.${name}($1::jsonb, array_replace($2::text[], '', null))`;
  let sent = false;
  try {
    if (inline !== undefined)
      return await inTransaction(
        pool,
        async (client) => {
          sent = true;
          const { rows } = await client.query<AppendRow>(limited(pool, text, [appends, commands]));
          const written = positionsOf(batch, rows);
          if (written !== undefined) await inline.take(client, ...written);
          return rows;
        },
        beginOfLog,
      );
    return await inReadCommitted(pool, async (client) => {
      sent = true;
      return await queryPrepared<AppendRow>(pool, client, text, [appends, commands]);
    });
  } catch (caught) {
    if (caught instanceof InlineFailure) throw caught;
    const error = toPostgresError(caught);
    throw sent && lostConnection.includes(error.code) ? outcomeUnknown(error) : error;
  }
}

/** The first and the last position that a batch has taken; nobody else takes any between. */
function positionsOf({ sizes }: Batch, rows: readonly AppendRow[]): readonly [bigint, bigint] | undefined {
  let last = 0n;
  let events = 0;
  for (const { append, stream, at_position, outcome } of rows) {
    if (at_position === null || outcome !== null) continue;
    events += sizes[append - 1]![stream - 1]!;
    if (BigInt(at_position) > last) last = BigInt(at_position);
  }
  return events === 0 ? undefined : [last - BigInt(events) + 1n, last];
}

function outcomeUnknown(cause: Error): Unavailable {
  return new Unavailable(
    'append-outcome-unknown',
    'The connection to PostgreSQL broke during an append, which may or may not have been committed: load the stream and decide again.',
    { cause },
  );
}

async function head(pool: pg.Pool, schema: string): Promise<bigint> {
  const own = quoteIdentifier(schema);
  const text = `select greatest((select max(position) from ${own}.events), l.removed_to) as head from ${own}.log l`;
  const [row] = await withClient(pool, (client) => queryPrepared<{ head: string }>(pool, client, text, []));
  return BigInt(row!.head);
}
