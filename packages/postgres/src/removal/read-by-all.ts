import type pg from 'pg';
import { type CheckpointRow, checkpointColumns, checkpointOf } from '../checkpoint/checkpoint-row.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import { withClient } from '../transaction.ts';

/** Somebody who has still to read what would be removed. */
export interface HeldBy {
  readonly subscription: string;
  /** How far it has read. */
  readonly position: bigint;
}

/** How far everybody has read whose checkpoint is in this database. */
export interface ReadByAll {
  /** The store's head where there is no subscription that counts. */
  readonly position: bigint;
  /** Who is furthest behind; nobody where all have read everything. */
  readonly heldBy?: HeldBy;
}

/** How far every subscription has read but those in `ignore`. */
export async function readByAll(
  pool: pg.Pool,
  schema: string,
  ignore: readonly string[] = [],
): Promise<ReadByAll> {
  const own = quoteIdentifier(schema);
  return withClient(pool, async (client) => {
    const head = await client.query<{ head: string }>(
      `select greatest((select max(position) from ${own}.events), l.removed_to) as head from ${own}.log l`,
    );
    const { rows } = await client.query<CheckpointRow>(
      `select ${checkpointColumns} from ${own}.subscriptions`,
    );
    let all: ReadByAll = { position: BigInt(head.rows[0]!.head) };
    for (const { name, lane_of } of rows) {
      if (lane_of !== null || ignore.includes(name)) continue;
      const { position } = checkpointOf(name, rows)!;
      if (position < all.position) all = { position, heldBy: { subscription: name, position } };
    }
    return all;
  });
}
