import { feedEventsRemoved, type Projection, type RemovedEntries } from '@banyan/runtime';
import type pg from 'pg';
import { quoteIdentifier } from '../quote-identifier.ts';

/** Holds the view while the tables are filled; no table of a read model is likely to be called so. */
const viewName = 'events up to the fill';

/**
 * Lets a projection fill its new tables out of all events; gives the position up to which it has.
 * @throws Terminal `feed-events-removed`
 */
export async function fillTables(
  client: pg.PoolClient,
  fill: NonNullable<Projection<never, pg.PoolClient>['fill']>,
  { next, schema, removed }: { next: string; schema: string; removed: RemovedEntries | undefined },
): Promise<bigint> {
  const own = quoteIdentifier(schema);
  const { rows } = await client.query<{ head: string; removed_to: string }>(
    `select greatest((select max(position) from ${own}.events), l.removed_to) as head, l.removed_to from ${own}.log l`,
  );
  const [head, removedTo] = [BigInt(rows[0]!.head), BigInt(rows[0]!.removed_to)];
  if (removed !== 'skip' && removedTo > 0n) throw feedEventsRemoved(0n, removedTo);
  const view = `${quoteIdentifier(next)}.${quoteIdentifier(viewName)}`;
  await client.query(`create view ${view} as
    select position, stream_id, version, type, schema_version, data, metadata, recorded_at from ${own}.events where position <= ${head}`);
  await fill(client, view);
  await client.query(`drop view ${view}`);
  return head;
}
