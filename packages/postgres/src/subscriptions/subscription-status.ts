import { type Checkpoint, laneName, lanesOf } from '@banyan/runtime';
import type pg from 'pg';
import { type CheckpointRow, checkpointColumns, checkpointOf } from '../checkpoint/checkpoint-row.ts';
import { defaultSchema } from '../prepare-database.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';

/** Events are counted up to here; who is further behind is told as more. */
const countedEvents = 100_000;

/** How far something is behind the event store of its database. */
export interface Lag {
  /** Events that are still to be read, those that a filter passes over included. */
  readonly events: number;
  /** There are more; counting ended. */
  readonly more: boolean;
  /** The age of the oldest of them in seconds, 0 without any. */
  readonly seconds: number;
}

/** One lane as an operator sees it. */
export interface LaneStatus {
  readonly name: string;
  readonly position: bigint;
  /** The instance that has the lane's lease; absent where lanes are not shared, or nobody has it. */
  readonly owner?: string;
  readonly error?: string;
}

/** A subscription as an operator sees it. */
export interface SubscriptionStatus {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly lanes: readonly LaneStatus[];
  /** Absent where the subscription follows something else than the event store of its database. */
  readonly lag?: Lag;
  readonly deadLetters: number;
}

/** All subscriptions of a database, or the one called `only`, by name. Changes nothing. */
export function subscriptionStatus(
  pool: pg.Pool,
  options: { readonly schema?: string; readonly only?: string } = {},
): Promise<readonly SubscriptionStatus[]> {
  const { schema = defaultSchema, only } = options;
  return withClient(pool, async (client) => {
    const { rows } = await client.query<CheckpointRow>(
      `select ${checkpointColumns} from ${quoteIdentifier(schema)}.subscriptions
       where $1::text is null or name = $1 or lane_of = $1 order by name`,
      [only ?? null],
    );
    const statuses: SubscriptionStatus[] = [];
    for (const { name, lane_of } of rows)
      if (lane_of === null) statuses.push(await statusOf(client, schema, name, rows));
    return statuses;
  });
}

async function statusOf(
  client: pg.PoolClient,
  schema: string,
  name: string,
  rows: readonly CheckpointRow[],
): Promise<SubscriptionStatus> {
  const checkpoint = checkpointOf(name, rows)!;
  const owners = await ownersOf(client, schema, name);
  const lag = await lagOf(client, schema, checkpoint.position);
  const letters = await client.query<{ count: number }>(
    `select count(*)::integer as count from ${quoteIdentifier(schema)}.dead_letters where subscription = $1`,
    [name],
  );
  const lanes = lanesOf(name, checkpoint.lanes ?? 1).map((lane): LaneStatus => {
    const own = laneName(lane);
    const { position, reported } = checkpointOf(own, rows)!;
    const owner = owners.get(own);
    const error = reported?.error;
    return {
      name: own,
      position,
      ...(owner === undefined ? {} : { owner }),
      ...(error === undefined ? {} : { error }),
    };
  });
  return { name, checkpoint, lanes, ...(lag && { lag }), deadLetters: letters.rows[0]!.count };
}

async function ownersOf(
  client: pg.PoolClient,
  schema: string,
  name: string,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; holder: string }>(
    `select name, holder from ${quoteIdentifier(schema)}.leases
     where group_name = 'lanes of ' || $1 and holder is not null and expires_at > clock_timestamp()`,
    [name],
  );
  return new Map(rows.map(({ name: lane, holder }) => [lane, holder]));
}

async function lagOf(client: pg.PoolClient, schema: string, position: bigint): Promise<Lag | undefined> {
  const events = `${quoteIdentifier(schema)}.events`;
  const { rows } = await client.query<{ known: boolean; count: number; seconds: number }>(
    `select $1 <= (select greatest((select max(position) from ${events}), l.removed_to) from ${quoteIdentifier(schema)}.log l) as known,
       (select count(*)::integer from (select from ${events} where position > $1 limit $2) as counted) as count,
       coalesce((select greatest(0, extract(epoch from clock_timestamp() - recorded_at))::double precision
         from ${events} where position > $1 order by position limit 1), 0) as seconds`,
    [position.toString(), countedEvents + 1],
  );
  const { known, count, seconds } = rows[0]!;
  // A position that the store has not given out is one of another feed.
  if (!known) return undefined;
  return { events: Math.min(count, countedEvents), more: count > countedEvents, seconds };
}
