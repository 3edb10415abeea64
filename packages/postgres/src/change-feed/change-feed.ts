import { type ChangeEntry, type Feed, Invalid, type ReadOptions, Terminal } from '@banyan/runtime';
import type pg from 'pg';
import { connect } from '../connect.ts';
import { checkSlot } from './check-slot.ts';
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
  /** Names the slot and the publication on the source: 1 to 50 of a-z, 0-9 and _. */
  readonly name: string;
  /** The tables to follow, `schema.table`. */
  readonly tables: readonly string[];
  /** Bytes of log that one transaction may have, default 256 MiB: a transaction is held in memory until it commits. */
  readonly maxTransactionBytes?: number;
  /** How long the source may take to give a snapshot, in milliseconds. Default 60000. */
  readonly snapshotTimeoutMs?: number;
  /** How often a mark is written into a quiet log, in milliseconds. Default 5000. */
  readonly heartbeatMs?: number;
}

/** The configuration with its names worked out. */
export interface ChangeFeedOptions extends ChangeFeedConfig {
  readonly slot: string;
  readonly publication: string;
}

/**
 * A database's log as a feed. Read after 0n it delivers the tables as they are and goes on with every transaction
 * committed since; read after a later position it goes on from there. One reader at a time.
 *
 * Reading throws `Invalid` when the source is not fit (see `preflightChangeFeed`), `Terminal` `slot-missing`, `slot-lost`,
 * `slot-ahead` or `transaction-too-large`, and `Unavailable` when the source does not answer or another reader holds the slot.
 */
export function changeFeed(config: ChangeFeedConfig): Feed<ChangeEntry> {
  if (!/^[a-z0-9_]{1,50}$/.test(config.name)) {
    throw new Invalid(
      'feed-name',
      `A change feed is named with 1 to 50 of a-z, 0-9 and _, not ${JSON.stringify(config.name)}.`,
    );
  }
  const options = { ...config, slot: slotName(config.name), publication: publicationName(config.name) };
  let follower: Follower | undefined;
  return {
    async *read({ after, limit = 500, signal }: ReadOptions) {
      const pool = connect(options.url, { max: 2, applicationName: `banyan ${options.name}` });
      try {
        let position = after;
        if (after === 0n) {
          await prepare(pool, options);
          const end = yield* readSnapshot(options, limit, signal);
          if (end === undefined) return;
          position = end;
        } else {
          await checkSlot(pool, options.slot, after);
        }
        if (signal?.aborted) return;
        using _heartbeat = startHeartbeat(pool, options.heartbeatMs ?? 5_000);
        follower = new Follower({ maxTransactionBytes: 256 * 1024 * 1024, ...options }, position);
        yield* follower.read(limit, signal);
      } finally {
        follower = undefined;
        await pool.end();
      }
    },
    async confirm(position) {
      follower?.confirm(position);
    },
  };
}

async function prepare(pool: pg.Pool, { name, tables, slot }: ChangeFeedOptions): Promise<void> {
  const problems = await preflightChangeFeed(pool, { tables, replacing: slot });
  const [first] = problems;
  if (first !== undefined) {
    const all = problems.map((problem) => `${problem.message} ${problem.remedy}`).join(' ');
    throw new Terminal(first.code, all, { details: { problems } });
  }
  await ensurePublication(pool, name, tables);
}
