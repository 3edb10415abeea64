import { Conflict, Invalid } from '@banyan/runtime';
import type pg from 'pg';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';
import { type OldPartition, oldPartitions } from './old-partitions.ts';
import { positionBefore } from './position-before.ts';
import { type HeldBy, readByAll } from './read-by-all.ts';

/** Which partitions to detach, and how. */
export interface DetachOptions {
  /** The schema that `prepareDatabase` has prepared, default `banyan`. */
  readonly schema?: string;
  /** Partitions all of whose events were recorded longer ago than this, by the server's clock. */
  readonly olderThanMs?: number;
  /** Partitions that end at this position or before it. */
  readonly upTo?: bigint;
  /** Drops them; else they stay as tables of their own in the same schema. */
  readonly drop?: boolean;
  /** Also those with events of streams that are still open, whose states can then be told from snapshots alone. */
  readonly openStreams?: boolean;
  /** Subscriptions that need not have read them: those that are given up, and those of another feed. */
  readonly ignore?: readonly string[];
  /** How long to wait for transactions of others that have used the log, default 30 s. */
  readonly waitMs?: number;
  /** Tells what would be done, and does nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** What became of one partition. */
export interface PartitionOutcome extends OldPartition {
  /** Left alone are all from the first one on that has events of open streams. */
  readonly outcome: 'detached' | 'dropped' | 'left-open-streams';
}

/** What was detached. */
export interface DetachedPartitions {
  readonly partitions: readonly PartitionOutcome[];
  /** The subscription because of which no more was. */
  readonly heldBy?: HeldBy;
}

const streamsAtOnce = 5_000;

/**
 * Takes whole old partitions out of the log, the oldest first. Readers from before them are refused from then on, see `EventRemoval`; appends
 * and other readers wait for nothing. What was begun and interrupted is ended by the next call.
 * @throws Invalid `which-partitions` when neither an age nor a position is given.
 * @throws Conflict `partition-in-use` when transactions of others that have used the log stay open; it is ended by the next call.
 */
export async function detachPartitions(pool: pg.Pool, options: DetachOptions): Promise<DetachedPartitions> {
  const { schema = defaultSchema, signal, dryRun } = options;
  const { upTo, heldBy } = await limitOf(pool, schema, options);
  const done: PartitionOutcome[] = [];
  for await (const partition of oldPartitions(pool, schema, upTo)) {
    if (signal?.aborted) break;
    const left = partition.openStreams > 0 && !options.openStreams && !partition.detaching;
    const outcome = left ? 'left-open-streams' : options.drop ? 'dropped' : 'detached';
    done.push({ ...partition, outcome });
    if (left) break;
    if (!dryRun) await detach(pool, schema, partition, options);
  }
  return { partitions: done, ...(heldBy && { heldBy }) };
}

async function limitOf(
  pool: pg.Pool,
  schema: string,
  { olderThanMs, upTo, ignore }: DetachOptions,
): Promise<{ readonly upTo: bigint; readonly heldBy?: HeldBy }> {
  if (olderThanMs === undefined && upTo === undefined)
    throw new Invalid(
      'which-partitions',
      'Which partitions are to be detached was not said: give olderThanMs or upTo.',
    );
  const old = olderThanMs === undefined ? upTo! : await positionBefore(pool, schema, olderThanMs);
  const wanted = upTo !== undefined && upTo < old ? upTo : old;
  const { position: read, heldBy } = await readByAll(pool, schema, ignore);
  return wanted <= read ? { upTo: wanted } : { upTo: read, ...(heldBy && { heldBy }) };
}

async function detach(
  pool: pg.Pool,
  schema: string,
  { name, detaching }: OldPartition,
  { drop, waitMs = 30_000 }: DetachOptions,
): Promise<void> {
  const own = quoteIdentifier(schema);
  const partition = `${own}.${quoteIdentifier(name)}`;
  if (!detaching) await noteDetached(pool, own, name);
  await withClient(pool, async (client) => {
    const how = detaching ? 'finalize' : 'concurrently';
    // It can not be done within a transaction, so the limit is the session's for a moment.
    await client.query(`set lock_timeout = ${Math.max(1, Math.round(waitMs))}`);
    try {
      await client.query(`alter table ${own}.events detach partition ${partition} ${how}`);
    } catch (error) {
      throw isLockTimeout(error) ? inUse(name, error) : error;
    } finally {
      await client.query('reset lock_timeout').catch(() => undefined);
    }
    await client.query(`update ${own}.partitions set detached_at = clock_timestamp() where name = $1`, [
      name,
    ]);
    if (drop) await client.query(`drop table ${partition}`);
  });
}

/** Before the partition goes, so that whoever does not see its events is told. */
async function noteDetached(pool: pg.Pool, own: string, name: string): Promise<void> {
  const text = `select ${own}.note_detached($1, $2, $3) as last`;
  let after: string | null = '0';
  while (after !== null) {
    const values: unknown[] = [name, after, streamsAtOnce];
    const { rows } = await withClient(pool, (client) => client.query<{ last: string | null }>(text, values));
    after = rows[0]!.last;
  }
}

function isLockTimeout(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === '55P03';
}

function inUse(name: string, cause: unknown): Conflict {
  return new Conflict(
    'partition-in-use',
    `Partition ${name} can not be detached while a transaction that has used the log stays open: end it (see pg_stat_activity), then do this again.`,
    { cause },
  );
}
