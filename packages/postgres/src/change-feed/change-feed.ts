import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ChangeEntry,
  type Feed,
  type FeedBatch,
  Invalid,
  type ReadOptions,
  Terminal,
} from '@banyan/runtime';
import type pg from 'pg';
import { connect } from '../connect.ts';
import { toPostgresError } from '../errors.ts';
import { checkSlot } from './check-slot.ts';
import { dropFreeSlot } from './drop-change-feed.ts';
import { ensurePublication } from './ensure-publication.ts';
import { Follower } from './follow.ts';
import { startHeartbeat } from './heartbeat.ts';
import { publicationName, slotName } from './names.ts';
import { preflightChangeFeed } from './preflight.ts';
import { readSnapshot } from './read-snapshot.ts';

/** How to read a database's log. */
export interface ChangeFeedConfig {
  /** Connection string of the source; its role needs REPLICATION and must own the tables. */
  readonly url: string;
  /** Names the slot and the publication on the source: 1 to 50 of a-z, 0-9 and _; no other database of the server may use it. */
  readonly name: string;
  /** The tables to follow, `schema.table`. */
  readonly tables: readonly string[];
  /**
   * Bytes that one transaction may have, default 256 MiB: a transaction is held in memory until it commits. Every change counts
   * 100 bytes beside its values.
   */
  readonly maxTransactionBytes?: number;
  /** How long the source may take to give a snapshot, in milliseconds. Default 60000. */
  readonly snapshotTimeoutMs?: number;
  /** How often a mark is written into the log and the tables' shapes are looked at, in milliseconds. Default 5000. */
  readonly heartbeatMs?: number;
}

/** A source that does not answer must not keep a reader from ending. */
const endMs = 1_000;

/** The configuration with its names worked out. */
export interface ChangeFeedOptions extends ChangeFeedConfig {
  readonly slot: string;
  readonly publication: string;
}

/**
 * A database's log as a feed. Read after 0n it delivers the tables as they are and goes on with every transaction
 * committed since; read after a later position it goes on from there. One reader at a time.
 *
 * Reading throws `Terminal` when the source is not fit (see `preflightChangeFeed`), when what was kept for the reader is gone
 * (`slot-missing`, `slot-lost`, `slot-ahead`, `publication-missing`, `publication-changed`), when a table was changed in a way
 * that the log does not tell (`table-changed`; columns that are added empty are followed), or when a transaction can't be
 * delivered (`transaction-too-large`, `unchanged-value-unknown`). It throws `Unavailable` when the source does not answer,
 * gives no snapshot in time (`slot-blocked`), or has another reader (`slot-in-use`).
 *
 * Not seen is what rewrites values and leaves the table's shape as it is: `alter column ... type ... using` with the same type,
 * or another name for a value of an enum.
 *
 * @throws Invalid `feed-name`, `feed-tables`
 */
export function changeFeed(config: ChangeFeedConfig): Feed<ChangeEntry> {
  const options = optionsOf(config);
  let current: Follower | undefined;
  return {
    async *read({ after, limit = 500, signal, filter }: ReadOptions) {
      if (filter !== undefined)
        throw new Invalid(
          'filter-unsupported',
          'A change feed takes no filter: leave it out, and name fewer tables.',
        );
      const pool = connect(options.url, { max: 2, applicationName: `banyan ${options.name}` });
      try {
        const position = after === 0n ? yield* snapshot(pool, options, limit, signal) : after;
        if (position === undefined) return;
        await checkSlot(pool, options.slot, position, signal);
        if (signal?.aborted) return;
        const follower = new Follower(pool, options, position);
        current = follower;
        using _heartbeat = startHeartbeat(pool, options.heartbeatMs ?? 5_000, () => follower.check());
        try {
          yield* follower.read(limit, signal);
        } finally {
          if (current === follower) current = undefined;
        }
      } catch (error) {
        // What ending breaks off is no failure.
        if (!signal?.aborted) throw toPostgresError(error);
      } finally {
        await Promise.race([pool.end(), sleep(endMs, undefined, { ref: false })]);
      }
    },
    async confirm(position) {
      current?.confirm(position);
    },
  };
}

function optionsOf(config: ChangeFeedConfig): ChangeFeedOptions {
  const { name } = config;
  if (!/^[a-z0-9_]{1,50}$/.test(name)) {
    throw new Invalid(
      'feed-name',
      `A change feed is named with 1 to 50 of a-z, 0-9 and _, not ${JSON.stringify(name)}.`,
    );
  }
  const tables = [...new Set(config.tables)];
  const wrong = tables.find((table) => !/^[^.]+\../s.test(table));
  if (wrong !== undefined || tables.length === 0) {
    const what = wrong === undefined ? 'none' : JSON.stringify(wrong);
    throw new Invalid(
      'feed-tables',
      `The tables of a change feed are named schema.table, such as public.item, not ${what}.`,
    );
  }
  return { ...config, tables, slot: slotName(name), publication: publicationName(name) };
}

async function* snapshot(
  pool: pg.Pool,
  options: ChangeFeedOptions,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<FeedBatch<ChangeEntry>, bigint | undefined> {
  const { name, tables, slot } = options;
  const problems = await preflightChangeFeed(pool, { tables, replacing: slot });
  const [first] = problems;
  if (first !== undefined) {
    const all = problems.map((problem) => `${problem.message} ${problem.remedy}`).join(' ');
    throw new Terminal(first.code, all, { details: { problems } });
  }
  await dropFreeSlot(pool, slot);
  if (signal?.aborted) return undefined;
  await ensurePublication(pool, name, tables);
  return yield* readSnapshot(pool, { ...options, limit, signal });
}
